import EventLog
import Events
import Foundation

/// An entry as `log` shows it.
struct EntryDocument {
    private let entry: Entry
    private let event: Event?

    init(_ entry: Entry) throws {
        self.entry = entry
        event = entry.kind == .event ? try EventBody.decode(entry) : nil
    }

    /// One line of JSON: the entry's facts, and its body as it is kept.
    func jsonLine() throws -> String {
        let body = event?.bytes ?? entry.body
        var facts: [(String, String)] = [
            ("position", entry.position.description), ("kind", Self.quoted(entry.kind.name)),
            ("at", Self.quoted(Times.text(entry.recordedAt))),
            ("hash", Self.quoted(HexText.of(entry.hash))),
        ]
        if let event {
            facts.append(("source", Self.quoted(event.source)))
            facts.append(("messageId", Self.quoted(event.messageID)))
        }
        // The body is valid JSON already, and its numbers keep their digits this way.
        facts.append(("body", String(decoding: body, as: UTF8.self)))
        let line = facts.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",")
        return "{" + line.replacingOccurrences(of: "\n", with: " ") + "}"
    }

    var text: String {
        let time = Times.text(entry.recordedAt)
        return "\(entry.position)  \(time)  \(entry.kind.name)  \(TextTable.printable(summary))"
    }

    private var summary: String {
        if let event { return "\(event.kind.rawValue) \(event.messageID) from \(event.source)" }
        do {
            return try EntrySummary(entry).text
        } catch {
            return "cannot be read: \(error)"
        }
    }

    private static func quoted(_ text: String) -> String {
        String(decoding: JSONValue.string(text).json, as: UTF8.self)
    }
}
