import Events

/// How the text of a CSV cell is read.
package enum CellType: String, Sendable, Hashable, CaseIterable {
    /// As text, whatever it looks like: `007` stays `007`.
    case text
    /// As a number with the digits that stand there.
    case number
    /// `true` or `false`, in capitals or not.
    case boolean
    /// As one JSON value: an object, a list, `null`, ….
    case json
}

/// What the user says about the columns of a CSV file.
package struct ColumnRules: Sendable, Hashable {
    /// What becomes of a column.
    enum Target: Sendable, Hashable {
        /// The cells go to this path of the event.
        case path([String], CellType)
        case leftOut
    }

    /// What becomes of columns that no rule names.
    enum Rest: Sendable, Hashable {
        /// Their names say where they go; one that is no path of an event is an error.
        case byName
        case leftOut
        /// Each goes under its own name beneath this path.
        case beneath([String])
    }

    /// A rule that cannot be read.
    package struct Mistake: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    private(set) var targets: [String: Target] = [:]
    private(set) var rest = Rest.byName
    /// The type of events whose row does not say it; `identify` when nobody does.
    let kind: EventKind?

    /// Reads rules such as `E-mail=traits.email`, `Age=traits.age:number`, `Notes=` (left out),
    /// `*=traits` (all others beneath `traits`) or `*=` (all others left out).
    package init(_ texts: [String] = [], kind: EventKind? = nil) throws(Mistake) {
        self.kind = kind
        for text in texts { try add(text) }
    }

    private mutating func add(_ text: String) throws(Mistake) {
        // A column's name may hold `=`, a path can do without.
        guard let mark = text.lastIndex(of: "=") else {
            throw Mistake(
                description: "\"\(text)\" says no path; write it as E-mail=traits.email")
        }
        let column = String(text[..<mark])
        let goal = String(text[text.index(after: mark)...])
        if column == "*" {
            rest = goal.isEmpty ? .leftOut : .beneath(try Self.path(goal, of: text).path)
            return
        }
        let target: Target
        if goal.isEmpty {
            target = .leftOut
        } else {
            let (path, type) = try Self.path(goal, of: text)
            target = .path(path, type)
        }
        guard targets.updateValue(target, forKey: column) == nil else {
            throw Mistake(description: "the column \"\(column)\" has two rules; keep one")
        }
    }

    private static func path(
        _ goal: String, of rule: String
    ) throws(Mistake) -> (path: [String], type: CellType) {
        do throws(ColumnName.Mistake) {
            let name = try ColumnName(goal)
            return (name.path, name.type)
        } catch {
            throw Mistake(description: "\"\(rule)\": \(error.message)")
        }
    }
}

/// A path of an event as a column's name says it: `traits.email`, `traits.age:number`.
struct ColumnName: Sendable, Hashable {
    struct Mistake: Error, Hashable {
        let message: String
    }

    let path: [String]
    let type: CellType

    /// Members that no trait is named after.
    private static let identities = [
        "type", "messageId", "userId", "anonymousId", "groupId", "previousId", "timestamp",
        "originalTimestamp", "sentAt", "receivedAt",
    ]
    /// Members that hold a value of their own.
    private static let values =
        identities + ["event", "name", "category", "channel", "version"]
    /// Members that hold others.
    private static let objects = ["traits", "properties", "context", "integrations"]

    init(_ text: String) throws(Mistake) {
        let (name, type) = Self.parts(text)
        guard let steps = JSONPath(name)?.steps, !steps.isEmpty else {
            throw Mistake(message: "\"\(name)\" is no path")
        }
        var path: [String] = []
        for step in steps {
            guard case .member(let member) = step else {
                throw Mistake(message: "\"\(name)\" leads into a list, which a cell cannot fill")
            }
            path.append(member)
        }
        self.path = path
        self.type = type
        try checkRoot(name)
    }

    /// A name and the type behind its colon; text when there is none.
    static func parts(_ text: String) -> (name: String, type: CellType) {
        guard let colon = text.lastIndex(of: ":"),
            let type = CellType(rawValue: String(text[text.index(after: colon)...]))
        else { return (text, .text) }
        return (String(text[..<colon]), type)
    }

    /// Whether the path can only mean the event's own member. A column `name` may as well be meant
    /// as a trait.
    var isUnmistakable: Bool { path.count > 1 || Self.identities.contains(path[0]) }

    private func checkRoot(_ name: String) throws(Mistake) {
        let isValue = path.count == 1 && Self.values.contains(path[0])
        let isInside = path.count > 1 && Self.objects.contains(path[0])
        // A whole object can only come as JSON, or as the place for others.
        let isObject = path.count == 1 && Self.objects.contains(path[0])
        guard isValue || isInside || isObject else {
            throw Mistake(
                message: "\"\(name)\" is no member of an event; there are "
                    + Self.values.joined(separator: ", ") + ", and what is beneath "
                    + Self.objects.joined(separator: ", "))
        }
    }
}
