import Foundation

/// Where results go: JSON for programs, text for people. Diagnostics go to ``StandardError``.
struct Output: Sendable {
    let isJSON: Bool
    private let style: Style

    init(isJSON: Bool) {
        self.isJSON = isJSON
        style = Style.current
    }

    /// Prints `value` as JSON, or `text` for people.
    func print(_ value: some Encodable, text: (Style) -> String) throws {
        if isJSON {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
            Swift.print(String(decoding: try encoder.encode(value), as: UTF8.self))
        } else {
            let text = text(style)
            if !text.isEmpty { Swift.print(text) }
        }
    }

    /// Prints a line for people only.
    func note(_ text: String) {
        if !isJSON { Swift.print(text) }
    }
}

/// Colour and weight, on a terminal only (https://no-color.org is honoured).
struct Style: Sendable {
    let isColoured: Bool

    static var current: Style {
        let environment = ProcessInfo.processInfo.environment
        let isRefused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        return Style(isColoured: isatty(1) == 1 && !isRefused && environment["TERM"] != "dumb")
    }

    func bold(_ text: String) -> String { wrapped(text, "1") }
    func dim(_ text: String) -> String { wrapped(text, "2") }
    func green(_ text: String) -> String { wrapped(text, "32") }
    func yellow(_ text: String) -> String { wrapped(text, "33") }
    func red(_ text: String) -> String { wrapped(text, "31") }

    private func wrapped(_ text: String, _ code: String) -> String {
        isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}

/// Diagnostics and progress.
enum StandardError {
    static func write(_ text: String) {
        StandardStreams.complain(text + "\n")
    }
}
