import Events

/// Why a path could not be read: what is wrong, and at which character.
struct PathError: Error, Sendable, Hashable {
    let message: String
    let index: Int
}

/// Reads paths into events as people write them: `$.traits.email`, `properties.items[0].price`,
/// `$.traits['first name']`, `properties.first\ name`.
///
/// The leading `$.` may be left out. Nothing after it (`""`, `$`, `$.`) is the whole event.
enum PathText {
    /// A path with more steps is refused; events are not nested deeper.
    static let stepsMax = 64

    /// Reads a text that is a path and nothing else. Names may hold spaces.
    static func parse(_ text: String) throws(PathError) -> JSONPath {
        var characters = Array(text)[...]
        if characters.first == "$" { characters = characters.dropFirst() }
        if characters.first == "." { characters = characters.dropFirst() }
        guard !characters.isEmpty else { return JSONPath(steps: []) }
        let source = Array(text)
        var index = characters.startIndex
        let path = try scan(source, from: &index) { $0 != "." && $0 != "[" && $0 != "]" }
        guard index == source.count else {
            throw PathError(message: "\"\(source[index])\" cannot stand here", index: index)
        }
        return path
    }

    /// Reads the longest path that begins at `index` and leaves `index` behind it.
    ///
    /// - Parameter takesBare: which characters a name may hold without `\`.
    static func scan(
        _ source: [Character], from index: inout Int, takesBare: (Character) -> Bool
    ) throws(PathError) -> JSONPath {
        var steps: [JSONPath.Step] = []
        var expectsName = source[index] != "["
        while true {
            if expectsName {
                steps.append(.member(try name(source, &index, takesBare)))
                expectsName = false
            } else if index < source.count, source[index] == "[" {
                steps.append(try bracket(source, &index))
            } else if index < source.count, source[index] == "." {
                index += 1
                expectsName = true
            } else {
                break
            }
            guard steps.count <= stepsMax else {
                throw PathError(message: "a path has at most \(stepsMax) steps", index: index)
            }
        }
        return JSONPath(steps: steps)
    }

    /// Letters and digits of any script, `_`, `-`, `$` and `@`: what a name holds without quotes.
    static func isNameCharacter(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || "_-$@".contains(character)
    }

    private static func name(
        _ source: [Character], _ index: inout Int, _ takesBare: (Character) -> Bool
    ) throws(PathError) -> String {
        var name = ""
        while index < source.count {
            if source[index] == "\\" {
                guard index + 1 < source.count else {
                    throw PathError(message: "the path ends inside an escape", index: index)
                }
                name.append(source[index + 1])
                index += 2
            } else if takesBare(source[index]) {
                name.append(source[index])
                index += 1
            } else {
                break
            }
        }
        guard !name.isEmpty else {
            throw PathError(message: "a path needs a name after its dot", index: index)
        }
        return name
    }

    /// `[0]`, `['name']` or `["name"]`.
    private static func bracket(
        _ source: [Character], _ index: inout Int
    ) throws(PathError) -> JSONPath.Step {
        let start = index
        guard let end = source[index...].firstIndex(of: "]") else {
            throw PathError(message: "\"[\" is never closed; add \"]\"", index: start)
        }
        if index + 1 < end, source[index + 1] == "'" || source[index + 1] == "\"" {
            return .member(try quotedName(source, &index))
        }
        let written = String(source[(start + 1)..<end])
        guard written.allSatisfy({ ("0"..."9").contains($0) }), let number = Int(written) else {
            throw PathError(
                message: "brackets take a number from 0 or a name in quotes", index: start)
        }
        index = end + 1
        return .index(number)
    }

    private static func quotedName(
        _ source: [Character], _ index: inout Int
    ) throws(PathError) -> String {
        let start = index
        let quote = source[index + 1]
        guard let end = source[(index + 2)...].firstIndex(of: quote), end + 1 < source.count,
            source[end + 1] == "]"
        else {
            throw PathError(message: "the name in brackets is never closed", index: start)
        }
        index = end + 2
        return String(source[(start + 2)..<end])
    }
}
