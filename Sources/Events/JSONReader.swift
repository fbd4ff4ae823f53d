/// Reads single values out of JSON that has been accepted before, without building a tree.
struct JSONReader {
    let bytes: UnsafeRawBufferPointer

    /// The bytes' own value, behind white space.
    var root: Range<Int>? {
        guard let start = rootStart else { return nil }
        return start..<JSONSkip.valueEnd(from: start, in: bytes)
    }

    /// Where the bytes' own value begins.
    var rootStart: Int? {
        let start = JSONSkip.whitespace(from: 0, in: bytes)
        return start < bytes.count ? start : nil
    }

    /// Where the value at the end of `steps` stands, from the bytes' own value on.
    ///
    /// Only the last value's end is looked for: finding the end of the ones round it would read the
    /// whole event for each path.
    func find(_ steps: ArraySlice<JSONPath.Step>) -> Range<Int>? {
        guard var start = rootStart else { return nil }
        for step in steps {
            guard let inner = child(step, at: start) else { return nil }
            start = inner
        }
        return start..<JSONSkip.valueEnd(from: start, in: bytes)
    }

    /// Where the value that `step` leads to begins, within the value that begins at `start`.
    private func child(_ step: JSONPath.Step, at start: Int) -> Int? {
        switch (bytes[start], step) {
        case (ASCII.openBrace, .member(let name)): member(name, at: start)
        case (ASCII.openBrace, .index(let index)): member(String(index), at: start)
        case (ASCII.openBracket, .index(let index)): element(index, at: start)
        case (ASCII.openBracket, .member(let name)): Int(name).flatMap { element($0, at: start) }
        default: nil
        }
    }

    // MARK: Objects

    /// Where the value of the member `name` begins, in the object that begins at `start`.
    private func member(_ name: String, at start: Int) -> Int? {
        let found = name.utf8.withContiguousStorageIfAvailable { wanted in
            member(UnsafeRawBufferPointer(wanted), at: start)
        }
        // Only a string bridged from elsewhere has no contiguous UTF-8.
        if let found { return found }
        return Array(name.utf8).withUnsafeBytes { member($0, at: start) }
    }

    private func member(_ wanted: UnsafeRawBufferPointer, at start: Int) -> Int? {
        var members = MemberCursor(bytes: bytes, objectStart: start)
        while let (name, value) = members.nextName() {
            if isEqual(name, wanted) { return value }
            guard members.skipValue(from: value) != nil else { return nil }
        }
        return nil
    }

    private func isEqual(_ name: Range<Int>, _ wanted: UnsafeRawBufferPointer) -> Bool {
        let content = UnsafeRawBufferPointer(rebasing: bytes[name])
        // An escape takes more bytes than its character, so a shorter name cannot be equal.
        if content.count == wanted.count { return content.elementsEqual(wanted) }
        guard content.count > wanted.count, content.contains(ASCII.backslash) else { return false }
        return JSONEscapes.unescaped(content).elementsEqual(wanted)
    }

    // MARK: Arrays

    private func element(_ index: Int, at start: Int) -> Int? {
        var elements = ElementCursor(bytes: bytes, arrayStart: start)
        var current = 0
        while let value = elements.next() {
            if current == index { return value.lowerBound }
            current += 1
        }
        return nil
    }

    // MARK: Values

    /// The characters of the string at `value`; `nil` when it is no string.
    func string(_ value: Range<Int>) -> String? {
        guard value.count >= 2, bytes[value.lowerBound] == ASCII.quote else { return nil }
        let content = bytes[(value.lowerBound + 1)..<(value.upperBound - 1)]
        return text(UnsafeRawBufferPointer(rebasing: content))
    }

    private func text(_ content: UnsafeRawBufferPointer) -> String {
        guard content.contains(ASCII.backslash) else {
            return String(decoding: content, as: UTF8.self)
        }
        return String(decoding: JSONEscapes.unescaped(content), as: UTF8.self)
    }

    func isNull(_ value: Range<Int>) -> Bool { bytes[value.lowerBound] == UInt8(ascii: "n") }

    func isObject(_ value: Range<Int>) -> Bool { bytes[value.lowerBound] == ASCII.openBrace }

    /// The value as a tree. Its depth was limited when the bytes were accepted.
    func tree(_ value: Range<Int>) -> JSONValue {
        switch bytes[value.lowerBound] {
        case ASCII.quote: return .string(string(value) ?? "")
        case ASCII.openBrace: return .object(members(of: value))
        case ASCII.openBracket:
            var elements = ElementCursor(bytes: bytes, arrayStart: value.lowerBound)
            var values: [JSONValue] = []
            while let element = elements.next() { values.append(tree(element)) }
            return .array(values)
        case UInt8(ascii: "t"): return .boolean(true)
        case UInt8(ascii: "f"): return .boolean(false)
        case UInt8(ascii: "n"): return .null
        default: return .number(String(decoding: bytes[value], as: UTF8.self))
        }
    }

    func members(of object: Range<Int>) -> [JSONMember] {
        var cursor = MemberCursor(bytes: bytes, objectStart: object.lowerBound)
        var members: [JSONMember] = []
        while let (name, value) = cursor.next() {
            let key = text(UnsafeRawBufferPointer(rebasing: bytes[name]))
            members.append(JSONMember(key, tree(value)))
        }
        return members
    }
}

/// Steps through the members of an object.
struct MemberCursor {
    private let bytes: UnsafeRawBufferPointer
    private var index: Int

    init(bytes: UnsafeRawBufferPointer, objectStart: Int) {
        self.bytes = bytes
        index = objectStart + 1
    }

    /// - Returns: the name's inside and the value; `nil` at the closing brace.
    @inline(__always)
    mutating func next() -> (name: Range<Int>, value: Range<Int>)? {
        guard let (name, start) = nextName(), let end = skipValue(from: start) else { return nil }
        return (name, start..<end)
    }

    /// The first half of a step: ``skipValue(from:)`` must follow before the next.
    ///
    /// - Returns: the name's inside and where the value begins; `nil` at the closing brace.
    @inline(__always)
    mutating func nextName() -> (name: Range<Int>, valueStart: Int)? {
        while index < bytes.count, bytes[index] != ASCII.quote {
            if bytes[index] == ASCII.closeBrace { return nil }
            index &+= 1
        }
        guard index < bytes.count else { return nil }
        let nameEnd = JSONSkip.stringEnd(from: index, in: bytes)
        let name = (index + 1)..<max(nameEnd - 1, index + 1)
        let colon = JSONSkip.whitespace(from: nameEnd, in: bytes)
        let start = JSONSkip.whitespace(from: colon + 1, in: bytes)
        return start < bytes.count ? (name, start) : nil
    }

    /// Steps over the value that begins at `start`.
    ///
    /// - Returns: its end; `nil` when there is no value, which accepted JSON never says.
    @inline(__always)
    mutating func skipValue(from start: Int) -> Int? {
        let end = JSONSkip.valueEnd(from: start, in: bytes)
        // A place must not be stepped over twice.
        guard end > start else { return nil }
        index = end
        return end
    }
}

/// Steps through the elements of an array.
struct ElementCursor {
    private let bytes: UnsafeRawBufferPointer
    private var index: Int

    init(bytes: UnsafeRawBufferPointer, arrayStart: Int) {
        self.bytes = bytes
        index = arrayStart + 1
    }

    /// - Returns: the next element; `nil` at the closing bracket.
    mutating func next() -> Range<Int>? {
        while index < bytes.count, bytes[index] == ASCII.comma || ASCII.isWhitespace(bytes[index]) {
            index &+= 1
        }
        guard index < bytes.count, bytes[index] != ASCII.closeBracket else { return nil }
        let start = index
        index = JSONSkip.valueEnd(from: start, in: bytes)
        return index > start ? start..<index : nil
    }
}
