import Events

/// How the rows of one CSV file become events: made once from its header, then run for each row.
struct ColumnPlan: Sendable, Hashable {
    /// What is wrong with the header: in which column, from 0, and what.
    struct Fault: Error, Hashable {
        let column: Int
        let message: String
    }

    /// One member of an event, or of an object in it.
    private indirect enum Node: Sendable, Hashable {
        case cell(column: Int, CellType)
        case constant([UInt8])
        case object([Member])
    }

    /// A member with its name as JSON.
    private struct Member: Sendable, Hashable {
        let name: String
        let json: [UInt8]
        var node: Node
    }

    let columnCount: Int
    private var members: [Member] = []
    /// The path of each column that is used, as a rejection names it.
    private var columns: [String: Int] = [:]
    /// Paths and types in the order of the columns: two files read alike have equal ones.
    private(set) var summary = ""

    /// - Parameter names: the header's cells.
    init(header names: [String], rules: ColumnRules) throws(Fault) {
        columnCount = names.count
        if let missing = Set(rules.targets.keys).subtracting(names).min() {
            throw Fault(column: 0, message: "there is no column \"\(missing)\", which --map names")
        }
        var seen: Set<String> = []
        for (column, name) in names.enumerated() {
            guard seen.insert(name).inserted else {
                throw Fault(column: column, message: "a second column is named \"\(name)\"")
            }
            guard let (path, type) = try Self.goal(of: name, column, rules) else { continue }
            try add(column, path, type, name)
        }
        try addKind(rules.kind)
    }

    /// Where a column goes; `nil` when it is left out.
    private static func goal(
        of name: String, _ column: Int, _ rules: ColumnRules
    ) throws(Fault) -> (path: [String], type: CellType)? {
        switch (rules.targets[name], rules.rest) {
        case (.path(let path, let type), _): return (path, type)
        case (.leftOut, _), (nil, .leftOut): return nil
        case (nil, .beneath(let path)):
            // A name that can mean nothing else keeps its place; one that is no name by itself goes
            // beneath the path like any other.
            if let own = try? ColumnName(name), own.isUnmistakable { return (own.path, own.type) }
            let (member, type) = ColumnName.parts(name)
            return (path + [member], type)
        case (nil, .byName):
            do throws(ColumnName.Mistake) {
                let own = try ColumnName(name)
                return (own.path, own.type)
            } catch {
                throw Fault(
                    column: column,
                    message: "the column's name \(error.message); say where it goes with --map "
                        + "\"\(name)=traits.…\", or leave it out with --map \"\(name)=\"")
            }
        }
    }

    private mutating func add(
        _ column: Int, _ path: [String], _ type: CellType, _ name: String
    ) throws(Fault) {
        let text = path.joined(separator: ".")
        let isWhole =
            path.count == 1
            && ["traits", "properties", "context", "integrations"].contains(path[0])
        guard !isWhole || type == .json else {
            throw Fault(
                column: column,
                message: "\(text) is an object; fill one of its members, or give it as JSON with "
                    + "\(text):json")
        }
        guard Self.insert(.cell(column: column, type), at: path[...], into: &members) else {
            throw Fault(
                column: column,
                message: "the column \"\(name)\" goes to \(text), which another column fills")
        }
        columns[text] = column
        summary += "\(column) \(type.rawValue) \(text)\n"
    }

    /// - Returns: `false` when something is there already.
    private static func insert(
        _ node: Node, at path: ArraySlice<String>, into members: inout [Member]
    ) -> Bool {
        guard let name = path.first else { return false }
        let rest = path.dropFirst()
        let index = members.firstIndex { $0.name == name }
        guard let index else {
            var inner: [Member] = []
            let isInner = !rest.isEmpty
            if isInner { _ = insert(node, at: rest, into: &inner) }
            members.append(
                Member(
                    name: name, json: JSONValue.string(name).json,
                    node: isInner ? .object(inner) : node))
            return true
        }
        guard !rest.isEmpty, case .object(var inner) = members[index].node else { return false }
        guard insert(node, at: rest, into: &inner) else { return false }
        members[index].node = .object(inner)
        return true
    }

    private mutating func addKind(_ kind: EventKind?) throws(Fault) {
        if let column = columns["type"] {
            guard kind == nil else {
                throw Fault(column: column, message: "the rows say their type; leave --type out")
            }
            return
        }
        if kind == nil, let column = columns["event"] {
            throw Fault(
                column: column,
                message: "rows with an event are of type track; say so with --type track")
        }
        let json = JSONValue.string((kind ?? .identify).rawValue).json
        _ = Self.insert(.constant(json), at: ["type"], into: &members)
        summary += "type \((kind ?? .identify).rawValue)\n"
    }

    /// The column that fills the member of an event, as a rejection names it.
    func column(filling field: String?) -> Int? { field.flatMap { columns[$0] } }

    // MARK: Rows

    /// The row as one event.
    ///
    /// An empty cell, quoted or not, leaves its member out; so does an object without members.
    func event(_ row: CSVRow) throws(CSVRow.Fault) -> [UInt8] {
        guard row.cells.count == columnCount else {
            let extra =
                row.cells.count > columnCount ? row.cells[columnCount].start : row.bytes.count
            throw CSVRow.Fault(
                offset: extra,
                message: "the row has \(row.cells.count) cells, the header has \(columnCount)")
        }
        var json: [UInt8] = []
        json.reserveCapacity(row.bytes.count * 2)
        _ = try write(members, of: row, to: &json)
        return json
    }

    /// - Returns: whether there was any member.
    private func write(
        _ members: [Member], of row: CSVRow, to json: inout [UInt8]
    ) throws(CSVRow.Fault) -> Bool {
        json.append(UInt8(ascii: "{"))
        var isEmpty = true
        for member in members {
            let start = json.count
            if !isEmpty { json.append(UInt8(ascii: ",")) }
            json += member.json
            json.append(UInt8(ascii: ":"))
            if try write(member.node, of: row, to: &json) {
                isEmpty = false
            } else {
                json.removeLast(json.count - start)
            }
        }
        json.append(UInt8(ascii: "}"))
        return !isEmpty
    }

    /// - Returns: whether the node has a value in this row; if not, what was written is undone by
    ///   the caller.
    private func write(
        _ node: Node, of row: CSVRow, to json: inout [UInt8]
    ) throws(CSVRow.Fault) -> Bool {
        switch node {
        case .constant(let value):
            json += value
            return true
        case .object(let members): return try write(members, of: row, to: &json)
        case .cell(let column, let type):
            let cell = row.cells[column]
            guard !cell.isEmpty else { return false }
            try CellText.write(cell, of: row, as: type, to: &json)
            return true
        }
    }
}
