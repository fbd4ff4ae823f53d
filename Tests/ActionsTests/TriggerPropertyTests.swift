import Events
import Records
import Testing

@testable import Actions

@Suite struct TriggerPropertyTests {
    static let words = [
        "type", "event", "traits.a", "traits.a[0]", "properties['x y']", "context.ip", "null",
        "true",
        "and", "or", "!", "(", ")", "=", "!=", "<", ">=", "\"a\"", "'b'", "\"", "\\", "5", "-1.5e3",
        "1e99999", "contains(", "match(", "in", "length(", "typeof(", ",", "*", "[", "]", ".", "\n",
        "\t", "é", "🜁", "\u{0}",
        "\\u00",
        "\r\n",
    ]

    @Test(arguments: [1, 7, 20_261_123])
    func anyTextIsATriggerOrAnErrorWithAPlaceInside(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var accepted = 0
        for round in 0..<4_000 {
            // Half are words at random, half are triggers with up to two characters disturbed.
            let source = round.isMultiple(of: 2) ? Self.soup(&random) : Self.disturbed(&random)
            do throws(TriggerError) {
                let trigger = try Trigger(source)
                accepted += 1
                _ = trigger.matches(event(#"{"type":"track","traits":{"a":["a"]}}"#))
                #expect(trigger.description == source)
            } catch {
                let lines = source.split(
                    omittingEmptySubsequences: false, whereSeparator: \.isNewline)
                let isInside =
                    (1...max(lines.count, 1)).contains(error.line)
                    && (1...error.lineText.count + 1).contains(error.column)
                #expect(isInside, "seed \(seed), trigger \(source.debugDescription)")
            }
        }
        // A generator that only ever makes nonsense, or none, would test half of this.
        #expect((100...3_900).contains(accepted))
    }

    /// Bytes at random, and triggers with bytes changed, read as text the way a file is.
    @Test(arguments: [5, 23, 20_261_123])
    func anyBytesAreATriggerOrAnErrorWithAPlaceInside(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for round in 0..<2_000 {
            var bytes =
                round.isMultiple(of: 2)
                ? (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8(0) }
                : Array(Self.text(of: Self.expression(depth: 2, &random)).utf8)
            let changes =
                round.isMultiple(of: 2) ? bytes.count : Int.random(in: 1...4, using: &random)
            for change in 0..<changes where !bytes.isEmpty {
                let index =
                    changes == bytes.count ? change : Int.random(in: bytes.indices, using: &random)
                bytes[index] = UInt8.random(in: 0...255, using: &random)
            }
            let source = String(decoding: bytes, as: UTF8.self)
            do throws(TriggerError) {
                _ = try Trigger(source).matches(event(#"{"type":"track"}"#))
            } catch {
                let lineCount = source.count(where: \.isNewline) + 1
                let isInside =
                    (1...lineCount).contains(error.line)
                    && (1...error.lineText.count + 1).contains(error.column)
                #expect(isInside, "seed \(seed), bytes \(bytes)")
            }
        }
    }

    @Test(arguments: [2, 11, 20_261_123])
    func whatIsWrittenOutReadsBackAsTheSame(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<1_000 {
            let expression = Self.expression(depth: 4, &random)
            let source = Self.text(of: expression)
            let trigger = try Trigger(source)
            #expect(trigger.expression == expression, "seed \(seed), trigger \(source)")
        }
    }

    @Test(arguments: [3, 13])
    func precedenceAgreesWithAnIndependentEvaluation(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            // a ∘ b ∘ c ∘ d without parentheses: `or` of `and`s, by definition.
            let count = Int.random(in: 2...6, using: &random)
            let truths = (0..<count).map { _ in Bool.random(using: &random) }
            let isOr = (1..<count).map { _ in Bool.random(using: &random) }
            var source = "traits.v0 = true"
            var groups = [[truths[0]]]
            for index in 1..<count {
                source += (isOr[index - 1] ? " or " : " and ") + "traits.v\(index) = true"
                if isOr[index - 1] {
                    groups.append([truths[index]])
                } else {
                    groups[groups.count - 1].append(truths[index])
                }
            }
            let members = truths.enumerated().map { "\"v\($0)\":\($1)" }.joined(separator: ",")
            let holds = try Trigger(source).matches(event("{\"traits\":{\(members)}}"))
            let expected = groups.contains { $0.allSatisfy(\.self) }
            #expect(holds == expected, "seed \(seed), \(source), \(members)")
        }
    }

    // MARK: Random texts

    private static func soup(_ random: inout SeededGenerator) -> String {
        let separator = random.one(of: ["", " "])
        return (0..<Int.random(in: 0...14, using: &random)).map { _ in random.one(of: words) }
            .joined(separator: separator)
    }

    private static func disturbed(_ random: inout SeededGenerator) -> String {
        var text = Array(text(of: expression(depth: 2, &random)))
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            let index = text.indices.randomElement(using: &random) ?? 0
            if Bool.random(using: &random) {
                text.remove(at: index)
            } else {
                text.insert(contentsOf: random.one(of: words), at: index)
            }
        }
        return String(text)
    }

    // MARK: Random expressions and their text

    static func expression(
        depth: Int, _ random: inout SeededGenerator
    ) -> TriggerExpression {
        switch depth == 0 ? 3 : Int.random(in: 0...4, using: &random) {
        case 0:
            return .and(parts(depth, &random) { if case .and = $0 { true } else { false } })
        case 1:
            return .or(parts(depth, &random) { if case .or = $0 { true } else { false } })
        case 2: return .not(expression(depth: depth - 1, &random))
        case 3 where depth > 0:
            return .measured(
                random.one(of: TriggerMeasure.allCases), path(&random), test(&random))
        default: return .test(path(&random), test(&random))
        }
    }

    /// Two or three parts, none of the kind they are put into.
    private static func parts(
        _ depth: Int, _ random: inout SeededGenerator, _ isSame: (TriggerExpression) -> Bool
    ) -> [TriggerExpression] {
        (0..<Int.random(in: 2...3, using: &random)).map { _ in
            let part = expression(depth: depth - 1, &random)
            return isSame(part) ? .test(path(&random), test(&random)) : part
        }
    }

    private static func path(_ random: inout SeededGenerator) -> JSONPath {
        let root = random.one(of: ["traits", "properties", "context"])
        let steps = (0..<Int.random(in: 1...3, using: &random)).map { _ in
            random.one(of: [
                JSONPath.Step.member("plan"), .member("a b"), .member("a.b"), .member("é"),
                .index(3),
            ])
        }
        return JSONPath(steps: [.member(root)] + steps)
    }

    private static func test(_ random: inout SeededGenerator) -> TriggerTest {
        let text = random.one(of: ["", "free", "say \"hi\"", "back\\slash", "line\nbreak", "é'"])
        let number = DecimalNumber(Int.random(in: -1_000...1_000, using: &random))
        let relation = random.one(of: NumberRelation.allCases)
        let flag = Bool.random(using: &random)
        let glob = Glob(random.one(of: ["a*", "*a*b", "?x"]))
        let tests: [TriggerTest] = [
            .isNull, .isPresent, .isText(text), .isNotText(text), .isBoolean(flag),
            .isNotBoolean(flag), .number(relation, number), .contains(text), .lacks(text),
            .isOneOf([.text(text), .number(number), .null]), .isList([.boolean(flag)]),
            .isNotList([]),
        ]
        let globs = glob.map { [TriggerTest.matches($0), .mismatches($0)] } ?? []
        return random.one(of: tests + globs)
    }

    private static func text(of expression: TriggerExpression) -> String {
        switch expression {
        case .and(let parts): parts.map(grouped).joined(separator: " and ")
        case .or(let parts): parts.map(grouped).joined(separator: " or ")
        case .not(let part): "!(" + text(of: part) + ")"
        case .test(let path, let test): text(of: test, text(of: path))
        case .measured(let measure, let path, let test):
            text(of: test, "\(measure.rawValue)(\(text(of: path)))")
        }
    }

    private static func grouped(_ part: TriggerExpression) -> String {
        switch part {
        case .test, .measured: return text(of: part)
        case .and, .or, .not: break
        }
        return "(" + text(of: part) + ")"
    }

    private static func text(of path: JSONPath) -> String {
        path.steps.enumerated().map { index, step in
            switch step {
            case .index(let number): "[\(number)]"
            case .member(let name) where name.contains("."): "['\(name)']"
            case .member(let name):
                (index == 0 ? "" : ".") + name.replacing(" ", with: "\\ ")
            }
        }.joined()
    }

    private static func text(of test: TriggerTest, _ path: String) -> String {
        switch test {
        case .isNull: "\(path) = null"
        case .isPresent: "\(path) != null"
        case .isText(let text): "\(path) = \(quoted(text))"
        case .isNotText(let text): "\(path) != \(quoted(text))"
        case .isBoolean(let flag): "\(path) = \(flag)"
        case .isNotBoolean(let flag): "\(path) != \(flag)"
        case .number(let relation, let number): "\(path) \(relation.rawValue) \(number)"
        case .contains(let text): "contains(\(path), \(quoted(text)))"
        case .lacks(let text): "!contains(\(path), \(quoted(text)))"
        case .matches(let glob): "match(\(path), \(quoted(glob.source)))"
        case .mismatches(let glob): "!match(\(path), \(quoted(glob.source)))"
        case .isOneOf(let items): "\(path) in \(list(items))"
        case .includes(let item): "\(literal(item)) in \(path)"
        case .isList(let items): "\(path) = \(list(items))"
        case .isNotList(let items): "\(path) != \(list(items))"
        }
    }

    private static func list(_ items: [TriggerLiteral]) -> String {
        "[" + items.map(literal).joined(separator: ", ") + "]"
    }

    private static func literal(_ literal: TriggerLiteral) -> String {
        switch literal {
        case .null: "null"
        case .boolean(let flag): "\(flag)"
        case .number(let number): "\(number)"
        case .text(let text): quoted(text)
        }
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            .replacing("\n", with: "\\n")
        return "\"\(escaped)\""
    }
}
