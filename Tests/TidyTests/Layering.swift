/// Which target may import which: the table of `docs/architecture.md`, and the rules behind it.
struct Layering {
    /// For each target, the targets of this package it may import.
    let allowed: [String: Set<String>]

    /// The table's header, as it stands in the page.
    static let tableHeader = "| target | may import |"

    /// Reads the table: names in backticks, the target in the first column, its imports in the
    /// second.
    init(page: String) {
        let rows = page.split(separator: "\n", omittingEmptySubsequences: false)
            .drop { !$0.hasPrefix(Self.tableHeader) }
            .dropFirst(2)
            .prefix { $0.hasPrefix("|") }
        var allowed: [String: Set<String>] = [:]
        for row in rows {
            let cells = row.dropFirst().split(separator: "|", omittingEmptySubsequences: false)
            guard cells.count >= 2 else { continue }
            // One row may speak for several targets.
            for target in Self.names(cells[0]) { allowed[target] = Set(Self.names(cells[1])) }
        }
        self.allowed = allowed
    }

    init(allowed: [String: Set<String>]) { self.allowed = allowed }

    private static func names(_ cell: Substring) -> [String] {
        cell.split(separator: "`", omittingEmptySubsequences: false)
            .enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }

    /// Imports of our own targets that the table lacks.
    func problems(target: String, sources: [SwiftSource]) -> [String] {
        guard let allowed = allowed[target] else {
            return ["\(target): not in the table of docs/architecture.md"]
        }
        return sources.flatMap { source in
            source.imports.filter { self.allowed[$0] != nil && !allowed.contains($0) }.sorted()
                .map { "\(source.path): \(target) must not import \($0)" }
        }
    }

    /// Where the manifest grants more or less than the table.
    func problems(manifest: Manifest) -> [String] {
        let targets = manifest.targets.filter { !$0.path.hasPrefix("Tests/") }
        let unknown = Set(allowed.keys).subtracting(targets.map(\.name)).sorted()
            .map { "\($0): in the table of docs/architecture.md, not in Package.swift" }
        return unknown
            + targets.flatMap { target -> [String] in
                guard let allowed = allowed[target.name] else {
                    return ["\(target.name): not in the table of docs/architecture.md"]
                }
                let more = target.dependencies.subtracting(allowed).sorted()
                let less = allowed.subtracting(target.dependencies).sorted()
                return more.map { "Package.swift: \(target.name) may not depend on \($0)" }
                    + less.map { "Package.swift: \(target.name) lacks the dependency \($0)" }
            }
    }

    /// The data path, upstream first. An import points up it.
    static let dataPath = [
        "CLMDB", "LMDB", "CCrypto", "CZlib", "CMalloc", "Events", "Records", "EventLog", "Actions",
        "Projection",
        "Reconciliation", "Salesforce", "Delivery", "Audit", "Ingest", "Dashboard", "CLI",
    ]
    private static let doors: Set = ["Ingest", "Dashboard", "CLI"]
    /// What may be imported at most, whatever the table says.
    private static let ceilings: [String: Set<String>] = [
        "Events": [], "Records": [], "Reconciliation": ["Records"],
        "Salesforce": ["CZlib", "Records"], "LMDB": ["CLMDB"],
    ]

    /// Tools that measure the product, and so must run it.
    private static let measuring: Set = ["Benchmarks", "CAppendBenchmark"]

    /// Where the table itself breaks the rules: a table can be edited to allow anything, these
    /// cannot.
    func problemsOfTheTable() -> [String] {
        allowed.sorted { $0.key < $1.key }.flatMap { target, imports in
            imports.sorted().compactMap { Self.problem(target: target, imports: $0) }
        }
    }

    private static func problem(target: String, imports imported: String) -> String? {
        let place = dataPath.firstIndex(of: target)
        let importedPlace = dataPath.firstIndex(of: imported)
        if let ceiling = ceilings[target], !ceiling.contains(imported) {
            return "\(target) may import only \(ceiling.sorted()), not \(imported)"
        }
        if imported == "CLI" { return "\(target) imports CLI: nothing may" }
        if doors.contains(imported), target != "CLI", !measuring.contains(target) {
            return "\(target) imports \(imported), a door"
        }
        if place == nil, importedPlace != nil, !measuring.contains(target) {
            return "\(target), a tool, imports \(imported) of the product"
        }
        if let place, importedPlace ?? dataPath.count >= place {
            return "\(target) imports \(imported), which does not stand before it on the data path"
        }
        return nil
    }
}
