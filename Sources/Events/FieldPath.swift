/// Finds which member a byte of broken or refused JSON belongs to, for error messages.
///
/// Walks from the start with no claim on correctness: everything before the byte has been accepted
/// by a ``JSONScanner``, and what follows is not looked at.
enum FieldPath {
    private enum Level {
        case object(name: String)
        case array(index: Int)
    }

    /// - Returns: a path such as `traits.email` or `items[2].price`; empty for the top level.
    static func of(byte: Int, in bytes: UnsafeRawBufferPointer) -> String {
        var levels: [Level] = []
        var index = 0
        let end = min(byte, bytes.count)
        while index < end {
            switch bytes[index] {
            case ASCII.openBrace: levels.append(.object(name: ""))
            case ASCII.openBracket: levels.append(.array(index: 0))
            case ASCII.closeBrace, ASCII.closeBracket: _ = levels.popLast()
            case ASCII.comma: advance(&levels)
            case ASCII.quote: index = takeString(at: index, in: bytes, &levels) - 1
            default: break
            }
            index += 1
        }
        // A refused name (a duplicate) is itself the field.
        if index == end, end < bytes.count, bytes[end] == ASCII.quote {
            _ = takeString(at: end, in: bytes, &levels)
        }
        return text(of: levels)
    }

    /// - Returns: the place behind the string at `start`; when it is a member's name, it is noted.
    private static func takeString(
        at start: Int, in bytes: UnsafeRawBufferPointer, _ levels: inout [Level]
    ) -> Int {
        let close = JSONSkip.stringEnd(from: start, in: bytes)
        if isName(endingAt: close, in: bytes), case .object = levels.last {
            let content = UnsafeRawBufferPointer(rebasing: bytes[(start + 1)..<(close - 1)])
            let name = String(decoding: JSONEscapes.unescaped(content), as: UTF8.self)
            levels[levels.count - 1] = .object(name: name)
        }
        return close
    }

    private static func advance(_ levels: inout [Level]) {
        guard let last = levels.popLast() else { return }
        switch last {
        case .object: levels.append(.object(name: ""))
        case .array(let index): levels.append(.array(index: index + 1))
        }
    }

    private static func isName(endingAt end: Int, in bytes: UnsafeRawBufferPointer) -> Bool {
        var index = end
        while index < bytes.count, ASCII.isWhitespace(bytes[index]) { index += 1 }
        return index < bytes.count && bytes[index] == ASCII.colon
    }

    private static func text(of levels: [Level]) -> String {
        var path = ""
        for level in levels {
            switch level {
            case .object(let name) where !name.isEmpty: path += path.isEmpty ? name : ".\(name)"
            case .object: break
            case .array(let index): path += "[\(index)]"
            }
        }
        return path
    }
}
