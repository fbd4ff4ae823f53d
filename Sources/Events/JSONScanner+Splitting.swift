extension JSONScanner {
    /// Splits the array whose bracket is at `index` into its elements and moves behind it.
    ///
    /// The insides of elements that are no good events are not checked beyond strings and pairs of
    /// brackets.
    mutating func splitArray(countMax: Int) throws(JSONFault) -> [BatchItem] {
        var elements: [BatchItem] = []
        index &+= 1
        skipWhitespace()
        if index < end, byte(at: index) == ASCII.closeBracket {
            index &+= 1
            return elements
        }
        while true {
            skipWhitespace()
            let start = index
            guard elements.count < countMax else { throw fault(.tooManyEvents) }
            let envelope = readEvent()
            if envelope == nil { try skipUnchecked() }
            elements.append(BatchItem(place: start..<index, envelope: envelope))
            skipWhitespace()
            guard index < end else { throw fault(.unexpectedEnd) }
            switch byte(at: index) {
            case ASCII.comma: index &+= 1
            case ASCII.closeBracket:
                index &+= 1
                return elements
            default: throw fault(.unexpectedByte)
            }
        }
    }

    /// Reads the event that starts at `index` and moves behind it; `nil`, and nothing moved, when
    /// it is none or not a good one.
    ///
    /// It never reads past the end that ``skipUnchecked()`` would find: both follow strings and
    /// brackets alike, so no bad event makes the bytes after it cost more.
    private mutating func readEvent() -> EventEnvelope? {
        let start = index
        guard start < end, byte(at: start) == ASCII.openBrace else { return nil }
        do {
            let members = try nested { (scanner) throws(JSONFault) in
                try EnvelopeMembers(&scanner)
            }
            let check = EnvelopeCheck(members: members, base: base, routeKind: nil, limits: limits)
            return try check.envelope()
        } catch {
            // What is wrong is said when it is judged alone.
            index = start
            return nil
        }
    }

    private mutating func skipUnchecked() throws(JSONFault) {
        guard index < end else { throw fault(.unexpectedEnd) }
        switch byte(at: index) {
        case ASCII.openBrace, ASCII.openBracket: try skipBrackets()
        case ASCII.quote: try skipUncheckedString()
        default:
            let start = index
            index = JSONSkip.valueEnd(from: index, in: whole)
            // A comma or closing bracket where an element should be.
            guard index > start else { throw fault(.unexpectedByte) }
        }
    }

    /// Pairs the brackets, however deep: too deep an event is refused later, alone.
    private mutating func skipBrackets() throws(JSONFault) {
        var open: [UInt8] = []
        repeat {
            guard index < end else { throw fault(.unexpectedEnd) }
            let next = byte(at: index)
            switch next {
            case ASCII.quote:
                try skipUncheckedString()
                continue
            case ASCII.openBrace, ASCII.openBracket: open.append(next)
            case ASCII.closeBrace, ASCII.closeBracket:
                // In ASCII each closing bracket stands two behind its opening one.
                guard open.popLast() == next &- 2 else { throw fault(.unexpectedByte) }
            default: break
            }
            index &+= 1
        } while !open.isEmpty
    }

    /// An array's closing bracket must still follow, so a string that ends the bytes is
    /// unterminated.
    private mutating func skipUncheckedString() throws(JSONFault) {
        index = JSONSkip.stringEnd(from: index, in: whole)
        guard index < end else { throw fault(.unexpectedEnd) }
    }

    private var whole: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: end) }
}
