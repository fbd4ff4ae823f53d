extension Sizes {
    /// The declarations with a body, in the order of their keywords.
    static func declarations(in source: SwiftSource) -> [Declaration] {
        var scanner = DeclarationScanner(source.code)
        return scanner.scan()
    }
}

/// Finds bodies by counting braces in code whose comments and strings are blanked.
private struct DeclarationScanner {
    private let code: [UInt8]
    private var index = 0
    private var line = 1

    /// A declaration that starts before a body was found: the one before had none, as in a
    /// protocol.
    private static let declarationWords: Set = [
        "func", "init", "deinit", "subscript", "var", "let", "case", "struct", "class", "enum",
        "actor", "extension", "protocol", "typealias", "static", "private", "fileprivate",
        "internal", "package", "public", "mutating", "nonisolated", "override", "associatedtype",
    ]

    init(_ code: [UInt8]) { self.code = code }

    mutating func scan() -> [Sizes.Declaration] {
        var found: [Sizes.Declaration] = []
        while index < code.count {
            let start = index
            guard let word = nextWord() else { continue }
            let isMember = start > 0 && code[start - 1] == UInt8(ascii: ".")
            let isProperty = word == "var"
            guard ["func", "init", "deinit", "subscript", "var"].contains(word), !isMember,
                let body = bodyStart(after: index, isProperty: isProperty)
            else { continue }
            let lineCount = code[start...closing(of: body)].count { $0 == UInt8(ascii: "\n") } + 1
            found.append(
                Sizes.Declaration(
                    name: name(after: index, keyword: word), line: line, lineCount: lineCount,
                    isProperty: isProperty))
        }
        return found
    }

    /// Moves past the word at `index`, or past one byte where there is none.
    private mutating func nextWord() -> String? {
        let word = word(at: index)
        if code[index] == UInt8(ascii: "\n") { line += 1 }
        index += max(word.count, 1)
        return word.isEmpty ? nil : String(decoding: word, as: UTF8.self)
    }

    private func word(at position: Int) -> ArraySlice<UInt8> {
        code[position...].prefix { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
                true
            default: false
            }
        }
    }

    private func name(after position: Int, keyword: String) -> String {
        let rest = code[position...].drop { $0 == UInt8(ascii: " ") }
        // An operator's name may be the `<` that ends another's before its type parameters.
        let first = rest.prefix(1)
        let end = first + rest.dropFirst().prefix { !Array(" (:<{\n".utf8).contains($0) }
        return keyword == "func" || keyword == "var"
            ? String(decoding: end, as: UTF8.self) : keyword
    }

    /// Where the body's brace is, unless another declaration or an end comes first.
    private func bodyStart(after position: Int, isProperty: Bool) -> Int? {
        var position = position
        var depth = 0
        while position < code.count {
            let word = word(at: position)
            if depth == 0, Self.declarationWords.contains(String(decoding: word, as: UTF8.self)) {
                return nil
            }
            switch code[position] {
            case UInt8(ascii: "{") where depth == 0: return position
            case UInt8(ascii: "}") where depth == 0: return nil
            // A stored property: what follows is its value.
            case UInt8(ascii: "=") where depth == 0 && isProperty: return nil
            case UInt8(ascii: "\n") where depth == 0 && isProperty: return nil
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
            if depth < 0 { return nil }
            position += max(word.count, 1)
        }
        return nil
    }

    private func closing(of brace: Int) -> Int {
        var depth = 0
        for position in brace..<code.count {
            if code[position] == UInt8(ascii: "{") { depth += 1 }
            if code[position] == UInt8(ascii: "}") { depth -= 1 }
            if depth == 0 { return position }
        }
        return code.count - 1
    }
}
