/// Reads single values out of JSON that has been accepted before, without building a tree.
struct JSONReader {
    let bytes: UnsafeRawBufferPointer

    /// The bytes' own value, behind white space.
    var root: Range<Int>? {
        let start = JSONSkip.whitespace(from: 0, in: bytes)
        guard start < bytes.count else { return nil }
        return start..<JSONSkip.valueEnd(from: start, in: bytes)
    }

    /// Where the value at the end of `steps` stands.
    func find(_ steps: ArraySlice<JSONPath.Step>, in value: Range<Int>) -> Range<Int>? {
        var value = value
        for step in steps {
            guard let inner = child(step, of: value) else { return nil }
            value = inner
        }
        return value
    }

    private func child(_ step: JSONPath.Step, of value: Range<Int>) -> Range<Int>? {
        switch (bytes[value.lowerBound], step) {
        case (ASCII.openBrace, .member(let name)): member(name, of: value)
        case (ASCII.openBrace, .index(let index)): member(String(index), of: value)
        case (ASCII.openBracket, .index(let index)): element(index, of: value)
        case (ASCII.openBracket, .member(let name)): Int(name).flatMap { element($0, of: value) }
        default: nil
        }
    }

    // MARK: Objects

    func member(_ name: String, of object: Range<Int>) -> Range<Int>? {
        let found = name.utf8.withContiguousStorageIfAvailable { wanted in
            member(UnsafeRawBufferPointer(wanted), of: object)
        }
        // Only a string bridged from elsewhere has no contiguous UTF-8.
        if let found { return found }
        return Array(name.utf8).withUnsafeBytes { member($0, of: object) }
    }

    private func member(
        _ wanted: UnsafeRawBufferPointer, of object: Range<Int>
    ) -> Range<Int>? {
        var members = MemberCursor(bytes: bytes, object: object)
        while let (name, value) = members.next() {
            if isEqual(name, wanted) { return value }
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

    private func element(_ index: Int, of array: Range<Int>) -> Range<Int>? {
        var elements = ElementCursor(bytes: bytes, array: array)
        var current = 0
        while let value = elements.next() {
            if current == index { return value }
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
            var elements = ElementCursor(bytes: bytes, array: value)
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
        var cursor = MemberCursor(bytes: bytes, object: object)
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

    init(bytes: UnsafeRawBufferPointer, object: Range<Int>) {
        self.bytes = bytes
        index = object.lowerBound + 1
    }

    /// - Returns: the name's inside and the value; `nil` at the closing brace.
    @inline(__always)
    mutating func next() -> (name: Range<Int>, value: Range<Int>)? {
        while index < bytes.count, bytes[index] != ASCII.quote {
            if bytes[index] == ASCII.closeBrace { return nil }
            index &+= 1
        }
        guard index < bytes.count else { return nil }
        let nameEnd = JSONSkip.stringEnd(from: index, in: bytes)
        let name = (index + 1)..<max(nameEnd - 1, index + 1)
        let colon = JSONSkip.whitespace(from: nameEnd, in: bytes)
        let start = JSONSkip.whitespace(from: colon + 1, in: bytes)
        guard start < bytes.count else { return nil }
        let end = JSONSkip.valueEnd(from: start, in: bytes)
        // Accepted JSON always has a value here; anything else must not be stepped over twice.
        guard end > start else { return nil }
        index = end
        return (name, start..<end)
    }
}

/// Steps through the elements of an array.
struct ElementCursor {
    private let bytes: UnsafeRawBufferPointer
    private var index: Int

    init(bytes: UnsafeRawBufferPointer, array: Range<Int>) {
        self.bytes = bytes
        index = array.lowerBound + 1
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
