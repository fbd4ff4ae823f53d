/// Reads JSON bytes once, strictly, keeping nothing but the names of the objects still open.
///
/// A pull reader: whoever drives it takes the members it wants and skips the rest; skipping checks
/// everything that taking would. It obeys RFC 8259 and is stricter where that leaves freedom:
/// duplicate names, lone surrogates, U+0000, a byte order mark and numbers no double can hold are
/// refused, because two readers of such bytes may disagree on what they say.
struct JSONScanner: ~Copyable {
    let base: UnsafeRawPointer
    let end: Int
    let limits: EventLimits
    /// The next byte to read. Always `0...end`; every load below is guarded by `index < end`.
    var index = 0
    private var depth = 0
    private var memberCount = 0
    private var names = MemberNames()

    /// - Parameter bytes: must outlive the scanner, and not be empty (an empty buffer has no base).
    static func open(
        _ bytes: UnsafeRawBufferPointer, limits: EventLimits
    ) throws(JSONFault) -> JSONScanner {
        guard let base = bytes.baseAddress, bytes.count > 0 else {
            throw JSONFault(reason: .emptyInput, byte: 0)
        }
        guard bytes.count <= limits.eventBytesMax else {
            throw JSONFault(reason: .eventTooLarge, byte: limits.eventBytesMax)
        }
        var scanner = JSONScanner(base: base, end: bytes.count, limits: limits)
        try scanner.refuseByteOrderMark()
        scanner.skipWhitespace()
        guard scanner.index < scanner.end else { throw JSONFault(reason: .emptyInput, byte: 0) }
        return scanner
    }

    private init(base: UnsafeRawPointer, end: Int, limits: EventLimits) {
        self.base = base
        self.end = end
        self.limits = limits
    }

    @inline(__always)
    func byte(at offset: Int) -> UInt8 { base.load(fromByteOffset: offset, as: UInt8.self) }

    @inline(__always)
    func fault(_ reason: RejectionReason) -> JSONFault {
        JSONFault(reason: index < end ? reason : .unexpectedEnd, byte: index)
    }

    /// UTF-8's mark and both of UTF-16's.
    private func refuseByteOrderMark() throws(JSONFault) {
        let first = byte(at: 0)
        let second = end > 1 ? byte(at: 1) : 0
        let third = end > 2 ? byte(at: 2) : 0
        let isMark =
            (first == 0xEF && second == 0xBB && third == 0xBF)
            || (first == 0xFF && second == 0xFE) || (first == 0xFE && second == 0xFF)
        if isMark { throw JSONFault(reason: .byteOrderMark, byte: 0) }
    }

    @inline(__always)
    mutating func skipWhitespace() {
        while index < end, ASCII.isWhitespace(byte(at: index)) { index &+= 1 }
    }

    /// Reads a value with limits of its own, as if its bytes stood alone. When that throws, nothing
    /// was moved.
    mutating func nested<R>(
        _ read: (inout JSONScanner) throws(JSONFault) -> R
    ) throws(JSONFault) -> R {
        let outer = (index: index, depth: depth, memberCount: memberCount, names: names.count)
        (depth, memberCount) = (0, 0)
        defer { (depth, memberCount) = (outer.depth, outer.memberCount) }
        do throws(JSONFault) {
            return try read(&self)
        } catch {
            index = outer.index
            names.drop(downTo: outer.names)
            throw error
        }
    }

    /// Nothing but white space may follow the value.
    mutating func finish() throws(JSONFault) {
        skipWhitespace()
        guard index == end else { throw JSONFault(reason: .trailingBytes, byte: index) }
    }

    // MARK: Values

    /// Checks the value that starts at `index` (white space before it allowed) and moves behind it.
    @discardableResult
    mutating func skipValue() throws(JSONFault) -> RawValue {
        skipWhitespace()
        guard index < end else { throw fault(.unexpectedEnd) }
        let start = index
        switch byte(at: index) {
        case ASCII.quote:
            let string = try scanString(bytesMax: limits.stringBytesMax, tooLong: .stringTooLong)
            return RawValue(.string, start, index, hasEscapes: string.hasEscapes)
        case ASCII.openBrace:
            try skipObject()
            return RawValue(.object, start, index)
        case ASCII.openBracket:
            try skipArray()
            return RawValue(.array, start, index)
        case ASCII.minus, ASCII.zero...ASCII.nine:
            try scanNumber()
            return RawValue(.number, start, index)
        default: return try scanLiteral()
        }
    }

    private mutating func scanLiteral() throws(JSONFault) -> RawValue {
        let start = index
        switch byte(at: index) {
        case UInt8(ascii: "t"):
            try expect("true")
            return RawValue(.true, start, index)
        case UInt8(ascii: "f"):
            try expect("false")
            return RawValue(.false, start, index)
        case UInt8(ascii: "n"):
            try expect("null")
            return RawValue(.null, start, index)
        case UInt8(ascii: "N"), UInt8(ascii: "I"): throw fault(.notANumber)
        case 0x80...0xFF:
            try scanMultibyte()
            throw JSONFault(reason: .unexpectedByte, byte: start)
        default: throw fault(.unexpectedByte)
        }
    }

    private mutating func expect(_ literal: StaticString) throws(JSONFault) {
        for offset in 0..<literal.utf8CodeUnitCount {
            guard index < end, byte(at: index) == literal.utf8Start[offset] else {
                throw fault(.unexpectedByte)
            }
            index &+= 1
        }
    }

    // MARK: Objects

    private mutating func skipObject() throws(JSONFault) {
        let frame = try openObject()
        while try nextMember(of: frame) != nil { try skipValue() }
    }

    /// Moves into the object whose brace is at `index`.
    mutating func openObject() throws(JSONFault) -> ObjectFrame {
        guard index < end, byte(at: index) == ASCII.openBrace else { throw fault(.unexpectedByte) }
        try enter()
        return ObjectFrame(firstName: names.count)
    }

    /// Moves behind the next member's colon, or behind the closing brace.
    ///
    /// - Returns: the member's name, or `nil` when the object is closed.
    mutating func nextMember(of frame: ObjectFrame) throws(JSONFault) -> RawString? {
        skipWhitespace()
        guard index < end else { throw fault(.unexpectedEnd) }
        let isFirst = names.count == frame.firstName
        if byte(at: index) == ASCII.closeBrace {
            names.drop(downTo: frame.firstName)
            leave()
            return nil
        }
        if !isFirst {
            guard byte(at: index) == ASCII.comma else { throw fault(.unexpectedByte) }
            index &+= 1
            skipWhitespace()
        }
        guard index < end, byte(at: index) == ASCII.quote else { throw fault(.unexpectedByte) }
        let nameStart = index
        memberCount &+= 1
        guard memberCount <= limits.memberCountMax else {
            throw JSONFault(reason: .tooManyMembers, byte: nameStart)
        }
        let name = try scanString(bytesMax: limits.keyBytesMax, tooLong: .keyTooLong)
        guard names.insert(name, in: base, since: frame.firstName) else {
            throw JSONFault(reason: .duplicateKey, byte: nameStart)
        }
        skipWhitespace()
        guard index < end, byte(at: index) == ASCII.colon else { throw fault(.unexpectedByte) }
        index &+= 1
        return name
    }

    // MARK: Arrays

    private mutating func skipArray() throws(JSONFault) {
        try enter()
        skipWhitespace()
        if index < end, byte(at: index) == ASCII.closeBracket { return leave() }
        while true {
            try skipValue()
            skipWhitespace()
            guard index < end else { throw fault(.unexpectedEnd) }
            switch byte(at: index) {
            case ASCII.comma: index &+= 1
            case ASCII.closeBracket: return leave()
            default: throw fault(.unexpectedByte)
            }
        }
    }

    /// Recursion is as deep as this counter, so the limit also bounds the stack.
    private mutating func enter() throws(JSONFault) {
        depth &+= 1
        guard depth <= limits.depthMax else { throw fault(.tooDeep) }
        index &+= 1
    }

    private mutating func leave() {
        depth &-= 1
        index &+= 1
    }
}
