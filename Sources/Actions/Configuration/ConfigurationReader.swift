import Events
import Records

/// Understands a configuration's tree, noting every problem on the way instead of stopping at the
/// first. What could not be read takes its default, so that the rest is still looked at; the caller
/// throws when any problem was noted.
struct ConfigurationReader {
    /// The file, as given, for problems that show later.
    let file: String
    /// The folder of the file; absolute.
    let folder: String
    let environment: [String: String]
    /// The file's lines, to find places within long texts; none for JSON.
    let lines: [Substring]

    /// What actions take for their destination's name: `salesforce.name`, where it is given.
    var destination: String?

    /// Where the objects of `salesforce.objects` are named.
    var objectPlaces: [String: SourcePlace] = [:]

    var problems = ProblemList()
    var warnings = ProblemList()

    init(
        file: String = "", folder: String = "", environment: [String: String] = [:],
        lines: [Substring] = []
    ) {
        self.file = file
        self.folder = folder
        self.environment = environment
        self.lines = lines
    }

    // MARK: Groups

    /// The members of a group by name, unknown ones reported.
    mutating func group(
        _ node: ConfigurationNode?, _ name: String, keys: [String]
    ) -> [String: ConfigurationNode] {
        guard let node else { return [:] }
        switch node.value {
        case .object(let members):
            for member in members where !keys.contains(member.name) {
                problems.add(
                    member.namePlace,
                    "\(name) has no key \"\(member.name)\"; there are "
                        + keys.joined(separator: ", "),
                    suggestion: NearestName.of(member.name, among: keys))
            }
            return Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first }
        case .empty:
            return [:]
        default:
            problems.add(
                node,
                "\(name) takes the keys \(keys.joined(separator: ", ")), found \(node.kindName)"
            )
            return [:]
        }
    }

    /// The items of a list; none when there is no list.
    mutating func list(_ node: ConfigurationNode?, _ name: String) -> [ConfigurationNode] {
        switch node?.value {
        case nil, .empty: return []
        case .list(let items): return items
        default:
            if let node { problems.add(node, "\(name) takes a list, found \(node.kindName)") }
            return []
        }
    }

    // MARK: Scalars

    /// A text that is not blank; `nil` when the key is absent or, with a problem, is none.
    mutating func text(_ node: ConfigurationNode?, _ name: String) -> String? {
        guard let node else { return nil }
        guard let text = node.scalarText, !text.trimmingSpaces.isEmpty else {
            problems.add(node, "\(name) takes a text, found \(node.kindName)")
            return nil
        }
        return text
    }

    mutating func requiredText(
        _ node: ConfigurationNode?, _ name: String, in parent: SourcePlace
    ) -> String {
        if node == nil { problems.add(parent, "\(name) is missing") }
        return text(node, name) ?? ""
    }

    mutating func flag(_ node: ConfigurationNode?, _ name: String) -> Bool? {
        guard let node else { return nil }
        switch node.scalarText {
        case "true": return true
        case "false": return false
        default:
            problems.add(node, "\(name) takes true or false, found \(node.kindName)")
            return nil
        }
    }

    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ node: ConfigurationNode?, _ name: String, _ type: Choice.Type = Choice.self
    ) -> Choice? {
        guard let node else { return nil }
        let names = Choice.allCases.map(\.rawValue)
        // `write: null` and the like read as the word that was written.
        let word = node.scalarText ?? (node.value == .null ? "null" : nil)
        // The reference products write `OR` and `Upsert`; the words here are all in small letters.
        if let choice = word.flatMap({ Choice(rawValue: $0.lowercased()) }) { return choice }
        problems.add(
            node, "\(name) is one of \(names.joined(separator: ", "))",
            suggestion: word.flatMap { NearestName.of($0, among: names) })
        return nil
    }

    /// A whole number from 1.
    mutating func count(_ node: ConfigurationNode?, _ name: String) -> Int? {
        guard let node else { return nil }
        guard let count = node.scalarText.flatMap({ Int($0) }), count >= 1 else {
            problems.add(node, "\(name) takes a whole number from 1")
            return nil
        }
        return count
    }

    /// A number above 0, up to 1.
    mutating func share(_ node: ConfigurationNode?, _ name: String) -> Double? {
        guard let node else { return nil }
        guard let share = node.scalarText.flatMap({ Double($0) }), share > 0, share <= 1 else {
            problems.add(node, "\(name) takes a number above 0, up to 1; 0.8 is 80 %")
            return nil
        }
        return share
    }

    mutating func duration(_ node: ConfigurationNode?, _ name: String) -> Duration? {
        guard let node else { return nil }
        guard let duration = node.scalarText.flatMap(DurationText.parse) else {
            problems.add(
                node,
                "\(name) takes a whole number and a unit, such as 15m; units are "
                    + DurationText.units.map(\.name).joined(separator: ", "))
            return nil
        }
        return duration
    }

    mutating func address(_ node: ConfigurationNode?, _ name: String) -> ListenAddress? {
        guard let node else { return nil }
        guard let address = node.scalarText.flatMap({ ListenAddress($0) }) else {
            problems.add(node, "\(name) takes host:port, such as 127.0.0.1:8080 or [::1]:8080")
            return nil
        }
        return address
    }
}

/// Durations as people write them: `200ms`, `30s`, `15m`, `2h`, `1d`.
enum DurationText {
    static let units: [(name: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    /// - Returns: `nil` for anything but digits and one unit, and beyond a thousand years.
    static func parse(_ text: String) -> Duration? {
        let digits = text.prefix { ("0"..."9").contains($0) }
        let unit = text.dropFirst(digits.count)
        guard let count = Int64(digits), let scale = units.first(where: { $0.name == unit }),
            count <= 365_000 * 86_400_000 / scale.milliseconds
        else { return nil }
        return .milliseconds(count * scale.milliseconds)
    }
}
