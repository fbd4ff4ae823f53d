import Events

/// Finds the elements of a JSON array, following only strings and brackets; each element is judged
/// later.
struct ArrayScan {
    private enum Wanted { case firstElement, element, comma, nothing }

    let itemBytesMax: Int
    private var wanted = Wanted.firstElement
    private var element: Element?
    /// After an error that makes it impossible to say where the next element starts.
    private var isBroken = false

    /// An element of which the start has been seen.
    fileprivate struct Element {
        let line: Int
        var bytes: [UInt8] = []
        var depth = 0
        var isInString = false
        var isEscaped = false
        var isTooLarge = false
    }

    init(itemBytesMax: Int) { self.itemBytesMax = itemBytesMax }

    mutating func next(_ window: inout SplitWindow) -> MessageItem? {
        while !isBroken, window.index < window.bytes.count {
            if element != nil {
                if let item = goOn(&window) { return item }
            } else if let item = between(window.bytes[window.index], &window) {
                return item
            }
        }
        guard window.isFinished, !isBroken, wanted != .nothing else { return nil }
        return fail(.unexpectedEnd, "the file ends before its array does", line: window.line)
    }

    // MARK: Between elements

    private mutating func between(_ byte: UInt8, _ window: inout SplitWindow) -> MessageItem? {
        if byte.isJSONWhitespace {
            advance(byte, &window)
            return nil
        }
        switch (wanted, byte) {
        case (.firstElement, UInt8(ascii: "]")), (.comma, UInt8(ascii: "]")): wanted = .nothing
        case (.comma, UInt8(ascii: ",")): wanted = .element
        case (.nothing, _):
            return fail(.trailingBytes, "something follows the file's array", line: window.line)
        case (.comma, _):
            return fail(.unexpectedByte, "a comma is missing before this", line: window.line)
        case (_, UInt8(ascii: ",")), (_, UInt8(ascii: "]")), (_, UInt8(ascii: "}")):
            return fail(.unexpectedByte, "an element is missing before this", line: window.line)
        default:
            element = Element(line: window.line)
            return nil
        }
        advance(byte, &window)
        return nil
    }

    private func advance(_ byte: UInt8, _ window: inout SplitWindow) {
        window.index += 1
        if byte == UInt8(ascii: "\n") { window.line += 1 }
    }

    private mutating func fail(
        _ reason: RejectionReason, _ message: String, line: Int
    ) -> MessageItem {
        isBroken = true
        let rejection = EventRejection(
            reason, message + "; nothing behind it was read")
        return MessageItem(line: line, content: .refused(rejection))
    }

    // MARK: Inside an element

    /// Takes bytes of the element up to its end, or as many as there are.
    private mutating func goOn(_ window: inout SplitWindow) -> MessageItem? {
        guard var current = element else { return nil }
        // Its bytes have one owner while they grow.
        element = nil
        while window.index < window.bytes.count {
            let byte = window.bytes[window.index]
            let endsBefore = current.depth == 0 && !current.isInString && Self.endsScalar(byte)
            if endsBefore, !current.bytes.isEmpty || current.isTooLarge { return finish(current) }
            current.append(byte, bytesMax: itemBytesMax)
            advance(byte, &window)
            if current.isComplete(after: byte) { return finish(current) }
        }
        element = current
        return nil
    }

    private static func endsScalar(_ byte: UInt8) -> Bool {
        byte.isJSONWhitespace || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]")
    }

    private mutating func finish(_ element: Element) -> MessageItem {
        wanted = .comma
        let content: MessageItem.Content =
            element.isTooLarge
            ? .refused(.itemTooLarge(bytesMax: itemBytesMax)) : .bytes(element.bytes)
        return MessageItem(line: element.line, content: content)
    }
}

extension ArrayScan.Element {
    /// Adds the byte and follows strings and brackets.
    mutating func append(_ byte: UInt8, bytesMax: Int) {
        if bytes.count < bytesMax { bytes.append(byte) } else { isTooLarge = true }
        if isInString {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
            }
            return
        }
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        default: break
        }
    }

    /// Whether `byte`, the last one added, ends the element: its last bracket or its closing quote.
    func isComplete(after byte: UInt8) -> Bool {
        guard depth <= 0, !isInString else { return false }
        return byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "\"")
    }
}
