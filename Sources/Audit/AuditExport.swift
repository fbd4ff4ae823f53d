import Foundation

/// The audit as files for other programs.
package enum AuditExport {
    private static let columns = [
        "id", "at", "object", "operation", "key", "recordId", "status", "outcome", "fields",
        "events",
        "attempts", "errorCode", "errorMessage", "keys",
    ]

    /// One JSON object a line.
    package static func ndjson(_ items: [AuditItem]) throws -> String {
        try items.map { try json($0) + "\n" }.joined()
    }

    /// RFC 4180, with a header. Cells that a spreadsheet would take for a formula get a leading
    /// apostrophe: this file is for people, nothing is sent from it.
    package static func csv(_ items: [AuditItem]) throws -> String {
        var lines = [columns.joined(separator: ",")]
        for item in items {
            let cells = [
                item.id, item.at, item.object, item.operation, try json(item.key),
                item.recordId ?? "", item.status.map(String.init) ?? "", item.outcome.rawValue,
                try json(item.fields), item.events.map(String.init).joined(separator: " "),
                String(item.attempts), item.error?.code ?? "", item.error?.message ?? "",
                try json(item.keys),
            ]
            lines.append(cells.map(cell).joined(separator: ","))
        }
        return lines.map { $0 + "\r\n" }.joined()
    }

    private static func cell(_ text: String) -> String {
        let isFormula = text.first.map { "=+-@\t\r".contains($0) } ?? false
        let safe = isFormula ? "'" + text : text
        return "\"" + safe.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }

    private static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
