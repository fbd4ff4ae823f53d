import Events
import Foundation
import Records

extension Fixture {
    /// Bytes in a file of fixtures.
    package static let fileBytesMax = 1 << 20
    /// When events arrive where a fixture does not say: 2026-01-01T00:00:00Z.
    package static let receivedAtDefault: Int64 = 1_767_225_600_000

    /// Reads the cases of one file.
    ///
    /// - Throws: ``ConfigurationError`` with every problem found, each with its place.
    package static func load(path: String) throws(ConfigurationError) -> [Fixture] {
        let bytes: Data
        do throws(FileTextError) {
            bytes = try FileText.bytes(at: path, bytesMax: fileBytesMax)
        } catch {
            throw ConfigurationError(problems: [
                ConfigurationProblem(file: path, message: error.message)
            ])
        }
        guard let yaml = String(data: bytes, encoding: .utf8) else {
            throw ConfigurationError(problems: [
                ConfigurationProblem(file: path, message: "the file is not text in UTF-8")
            ])
        }
        return try parse(yaml: yaml, file: path)
    }

    /// The same for a text.
    package static func parse(
        yaml: String, file: String
    ) throws(ConfigurationError) -> [Fixture] {
        let root: ConfigurationNode
        do throws(YAMLFailure) {
            root = try YAMLDocument.parse(yaml)
        } catch {
            throw ConfigurationError(problems: error.problems.problems(in: file))
        }
        var reader = ConfigurationReader(file: file)
        let keys = reader.group(root, "a file of fixtures", keys: ["tests"])
        let fixtures = reader.list(keys["tests"], "tests").map { reader.fixture($0, file: file) }
        if fixtures.isEmpty && reader.problems.isEmpty {
            reader.problems.add(root, "there are no cases; list them under \"tests\"")
        }
        guard reader.problems.isEmpty else {
            throw ConfigurationError(problems: reader.problems.problems(in: file))
        }
        return fixtures
    }
}

extension ConfigurationReader {
    fileprivate mutating func fixture(_ node: ConfigurationNode, file: String) -> Fixture {
        let keys = group(
            node, "a case", keys: ["name", "receivedAt", "events", "records", "expect"])
        let name = requiredText(keys["name"], "name", in: node.place)
        if keys["expect"] == nil { problems.add(node, "expect is missing: what should come of it") }
        let events = list(keys["events"], "events").map { event($0) }
        let records = keys["records"].map { recordsByObject($0, "records") } ?? [:]
        return Fixture(
            name: name, file: file, line: node.place.line,
            receivedAt: time(keys["receivedAt"], "receivedAt") ?? Fixture.receivedAtDefault,
            events: events,
            records: records.sorted { $0.key < $1.key }.flatMap(\.value),
            expectation: expectation(keys["expect"]))
    }

    private mutating func time(_ node: ConfigurationNode?, _ name: String) -> Int64? {
        guard let node else { return nil }
        guard let time = node.scalarText.flatMap({ Timestamp.parse($0) }) else {
            problems.add(node, "\(name) takes a time such as 2026-01-01T00:00:00Z")
            return nil
        }
        return time
    }

    /// An event is written as it is sent. `source` beside it says where it comes from: no message
    /// has a member of that name.
    private mutating func event(_ node: ConfigurationNode) -> FixtureEvent {
        guard let members = node.members else {
            problems.add(node, "an event is a group of keys, found \(node.kindName)")
            return FixtureEvent(source: nil, bytes: [], line: node.place.line)
        }
        let source = members.first { $0.name == "source" }?.value
        let message = JSONValue.object(
            members.filter { $0.name != "source" }.map { JSONMember($0.name, JSONValue($0.value)) })
        return FixtureEvent(
            source: text(source, "source"), bytes: message.json, line: node.place.line)
    }

    /// Records by object: `{ Contact: [ { Id: …, Email: … } ] }`.
    private mutating func recordsByObject(
        _ node: ConfigurationNode, _ name: String
    ) -> [String: [FixtureRecord]] {
        guard let members = node.members else {
            problems.add(node, "\(name) takes lists of records by object, found \(node.kindName)")
            return [:]
        }
        var found: [String: [FixtureRecord]] = [:]
        for member in members {
            found[member.name] = list(member.value, member.name).map { item in
                var fields = fieldValues(item, "a record") ?? [:]
                let id = fields.removeValue(forKey: "Id")
                return FixtureRecord(
                    object: member.name, id: id.flatMap { recordID($0, item) }, fields: fields,
                    line: item.place.line)
            }
        }
        return found
    }

    private mutating func fieldValues(
        _ node: ConfigurationNode?, _ name: String
    ) -> [String: FieldValue]? {
        guard let node else { return nil }
        guard let members = node.members else {
            problems.add(node, "\(name) takes values by field, found \(node.kindName)")
            return nil
        }
        return Dictionary(members.map { ($0.name, FieldValue(JSONValue($0.value))) }) { one, _ in
            one
        }
    }

    private mutating func recordID(_ value: FieldValue, _ node: ConfigurationNode) -> RecordID? {
        if let text = value.text, let id = RecordID(text) { return id }
        problems.add(
            node, "Id takes a record id of 15 or 18 characters; leave it out to have one made")
        return nil
    }

    private mutating func expectation(_ node: ConfigurationNode?) -> FixtureExpectation {
        let keys = group(node, "expect", keys: ["operations", "blocked", "records"])
        let operations = keys["operations"].map { list in
            self.list(list, "operations").compactMap { operation($0) }
        }
        let blocked = keys["blocked"].map { list in
            self.list(list, "blocked").map { blockedKey($0) }
        }
        return FixtureExpectation(
            operations: operations, blocked: blocked,
            records: keys["records"].map { recordsByObject($0, "records") })
    }

    /// `{ create: Contact, fields: {…} }`, `{ update: Contact, record: ID, fields: {…} }` or
    /// `{ delete: Contact, record: ID }`.
    private mutating func operation(_ node: ConfigurationNode) -> FixtureExpectation.Operation? {
        let kinds = FixtureExpectation.Kind.allCases
        let keys = group(
            node, "an operation", keys: kinds.map(\.rawValue) + ["record", "fields"])
        let given = kinds.filter { keys[$0.rawValue] != nil }
        guard given.count == 1, let kind = given.first else {
            problems.add(node, "an operation says one of create, update and delete, and its object")
            return nil
        }
        let id = keys["record"].flatMap { record in
            recordID(FieldValue(JSONValue(record)), record)
        }
        return FixtureExpectation.Operation(
            kind: kind, object: text(keys[kind.rawValue], kind.rawValue) ?? "", id: id,
            fields: fieldValues(keys["fields"], "fields"), line: node.place.line)
    }

    private mutating func blockedKey(_ node: ConfigurationNode) -> FixtureExpectation.Blocked {
        let keys = group(node, "a blocked key", keys: ["object", "code"])
        return FixtureExpectation.Blocked(
            object: requiredText(keys["object"], "object", in: node.place),
            code: requiredText(keys["code"], "code", in: node.place), line: node.place.line)
    }
}

extension JSONValue {
    /// A part of a YAML file as JSON; a key with nothing behind it is null.
    fileprivate init(_ node: ConfigurationNode) {
        self =
            switch node.value {
            case .empty, .null: .null
            case .boolean(let flag): .boolean(flag)
            case .number(let digits): .number(digits)
            case .text(let text): .string(text)
            case .list(let items): .array(items.map { JSONValue($0) })
            case .object(let members):
                .object(members.map { JSONMember($0.name, JSONValue($0.value)) })
            }
    }
}
