/// A Swift file, with what is code told apart from what is comment or string.
struct SwiftSource {
    let path: String
    let lines: [String]
    /// The file with comments and the insides of strings blanked: same length, same line breaks.
    /// Quotes stay, so that a call with a string can be told from a call without. Code interpolated
    /// into a string stays as well.
    let code: [UInt8]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var scanner = CodeScanner(Array(text.utf8))
        code = scanner.scan()
    }

    /// The lines of ``code``.
    var codeLines: [String] {
        code.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// How many lines the file has; a line break at its end starts no further one.
    var lineCount: Int { lines.last == "" ? lines.count - 1 : lines.count }

    /// The modules that the file imports, each once.
    var imports: Set<String> {
        Set(codeLines.compactMap(Self.importedModule))
    }

    private static func importedModule(_ line: String) -> String? {
        var words = line.split(separator: " ")[...]
        while let word = words.first, word.hasPrefix("@") || accessLevels.contains(String(word)) {
            words.removeFirst()
        }
        guard words.popFirst() == "import", var module = words.popFirst() else { return nil }
        if importKinds.contains(String(module)), let named = words.first { module = named }
        return module.split(separator: ".").first.map(String.init)
    }

    private static let accessLevels: Set = [
        "public", "package", "internal", "fileprivate", "private",
    ]
    private static let importKinds: Set = [
        "struct", "class", "enum", "protocol", "typealias", "func", "let", "var",
    ]
}

/// Blanks comments and strings. Understands nested comments, raw and multi-line strings,
/// interpolation at any depth, and regular expression literals on one line.
private struct CodeScanner {
    /// Where the scanner is: code, at a depth of parentheses, or a string.
    private enum Frame {
        case code(parentheses: Int)
        case string(pounds: Int, isMultiline: Bool)
    }

    private let bytes: [UInt8]
    private var output: [UInt8]
    private var index = 0
    private var frames = [Frame.code(parentheses: 0)]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        output = bytes
    }

    mutating func scan() -> [UInt8] {
        while index < bytes.count {
            switch frames.last {
            case .string(let pounds, let isMultiline):
                scanString(pounds: pounds, isMultiline: isMultiline)
            case .code(let parentheses): scanCode(parentheses: parentheses)
            case nil: index = bytes.count
            }
        }
        return output
    }

    private mutating func scanCode(parentheses: Int) {
        if starts("//") { return blank(through: { $0.starts("\n") }) }
        if starts("/*") { return blankBlockComment() }
        let pounds = run(of: UInt8(ascii: "#"))
        if starts("\"", at: index + pounds) {
            // The content of a multi-line string starts on the next line; `#"""#` is one quote.
            let isMultiline = starts("\"\"\"\n", at: index + pounds)
            index += pounds + (isMultiline ? 3 : 1)
            return frames.append(.string(pounds: pounds, isMultiline: isMultiline))
        }
        if starts("/", at: index + pounds), blankedRegularExpression(pounds: pounds) { return }
        switch bytes[index] {
        case UInt8(ascii: "("):
            frames[frames.count - 1] = .code(parentheses: parentheses + 1)
        case UInt8(ascii: ")") where parentheses == 0 && frames.count > 1:
            // The end of an interpolation: back in the string around it.
            output[index] = UInt8(ascii: " ")
            frames.removeLast()
        case UInt8(ascii: ")"):
            frames[frames.count - 1] = .code(parentheses: max(0, parentheses - 1))
        default: break
        }
        index += 1
    }

    private mutating func scanString(pounds: Int, isMultiline: Bool) {
        let fence = String(repeating: "#", count: pounds)
        if starts("\\" + fence) {
            let isInterpolation = starts("\\" + fence + "(")
            blankNext(pounds + 2)
            if isInterpolation { frames.append(.code(parentheses: 0)) }
            return
        }
        let end = (isMultiline ? "\"\"\"" : "\"") + fence
        if starts(end) {
            index += end.utf8.count
            frames.removeLast()
        } else if starts("\n") && !isMultiline {
            // Not Swift. Give up on this string rather than on the rest of the file.
            frames.removeLast()
        } else {
            blankNext(1)
        }
    }

    private mutating func blankBlockComment() {
        var depth = 0
        repeat {
            if starts("/*") {
                depth += 1
                blankNext(2)
            } else if starts("*/") {
                depth -= 1
                blankNext(2)
            } else {
                blankNext(1)
            }
        } while depth > 0 && index < bytes.count
    }

    /// A slash opens a regular expression where an operand is due and the line has its end; else
    /// divides.
    private mutating func blankedRegularExpression(pounds: Int) -> Bool {
        let before = bytes[..<index].last { $0 != UInt8(ascii: " ") }
        let operandIsDue = before.map { Array("(,=:[!&|?{;\n".utf8).contains($0) } ?? true
        var end = index + pounds + 1
        guard operandIsDue, end < bytes.count, bytes[end] != UInt8(ascii: " ") else { return false }
        let close = "/" + String(repeating: "#", count: pounds)
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n"), !starts(close, at: end) {
            end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard starts(close, at: end) else { return false }
        blankNext(end + close.utf8.count - index)
        return true
    }

    private mutating func blank(through isEnd: (CodeScanner) -> Bool) {
        while index < bytes.count, !isEnd(self) { blankNext(1) }
    }

    private mutating func blankNext(_ count: Int) {
        for position in index..<min(index + count, bytes.count)
        where output[position] != UInt8(ascii: "\n") {
            output[position] = UInt8(ascii: " ")
        }
        index += count
    }

    private func starts(_ text: String, at position: Int? = nil) -> Bool {
        let position = position ?? index
        guard position <= bytes.count else { return false }
        return bytes[position...].starts(with: text.utf8)
    }

    private func run(of byte: UInt8) -> Int {
        bytes[index...].prefix { $0 == byte }.count
    }
}
