/// Why a trigger could not be read.
///
/// Thrown by ``Trigger/init(_:)`` and nothing else. No trigger exists afterwards: the configuration
/// that holds it is refused as a whole. To do: correct the text at the place named.
package struct TriggerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// From 1, within the trigger's own text.
    package let line: Int
    /// From 1, in characters.
    package let column: Int
    /// What is wrong there, and the remedy.
    package let message: String
    /// The line that holds the place.
    package let lineText: String

    init(_ message: String, at index: Int, in source: [Character]) {
        let before = source[..<index]
        let start = before.lastIndex(where: \.isNewline).map { $0 + 1 } ?? 0
        let end = source[index...].firstIndex(where: \.isNewline) ?? source.count
        line = before.count(where: \.isNewline) + 1
        column = index - start + 1
        lineText = String(source[start..<end])
        self.message = message
    }

    /// The line with a caret under the place. A tab before the place stays a tab, so that both
    /// lines are indented alike.
    package var rendering: String {
        let indentation = lineText.prefix(column - 1).map { $0 == "\t" ? "\t" : " " as Character }
        return lineText + "\n" + String(indentation) + "^"
    }

    /// Place, message, and the line with its caret.
    package var description: String { "\(line):\(column): \(message)\n\(rendering)" }
}
