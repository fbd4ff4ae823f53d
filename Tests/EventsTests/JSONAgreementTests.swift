import Events
import Foundation
import Testing

/// Our parser against Foundation's, on valid events and on thousands of damaged ones.
@Suite struct JSONAgreementTests {
    static let seeds: [UInt64] = [1, 20_260_102, 0xFEED_FACE]

    private static let samples = [
        #"{"type":"identify","userId":"u-1","traits":{"email":"a@b.c","age":42,"vip":true}}"#,
        #"{"a":[1,-2.5,3e10,0.0001,-0,1E-5],"b":[],"c":{},"d":[[[]]],"e":null,"f":false}"#,
        #"{"text":"tab\t quote\" slash\\ \/ \u00e9 \ud83d\ude00 Žofia 😀","":"empty name"}"#,
        "[ 1 , { \"x\" : [ \"\" , null ] } , \"\\u0041\" ]\n",
        #"{"batch":[{"type":"page","userId":"u"},{"type":"track","event":"e","userId":"u"}]}"#,
        #""just text""#, "12345678901234567890.5", "true",
    ].map { Array($0.utf8) }

    private static let tokens = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud83d", "0", "-", "1e", ".5", "e9", " ",
        "\n", "null", "tru", "NaN", "\"a\":", "\u{E9}", "\u{1F600}", "\u{0}",
        "99999999999999999999",
    ].map { Array($0.utf8) }

    /// What Foundation accepts and we refuse on purpose.
    private static let stricter: Set<RejectionReason> = [
        .duplicateKey, .loneSurrogate, .nulCharacter, .byteOrderMark, .numberOutOfRange,
        .numberTooLong, .tooDeep, .tooManyMembers, .keyTooLong, .stringTooLong,
    ]

    /// Foundation takes `[1,]`, which RFC 8259 does not know.
    private static func isTrailingComma(_ rejection: EventRejection, _ bytes: [UInt8]) -> Bool {
        guard rejection.reason == .unexpectedByte, let byte = rejection.byteOffset,
            bytes[byte] == UInt8(ascii: "]")
        else { return false }
        return bytes[..<byte].last { !" \n\r\t".utf8.contains($0) } == UInt8(ascii: ",")
    }

    private static func damaged(_ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = samples.randomElement(using: &generator) ?? []
        for _ in 0..<Int.random(in: 0...3, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.remove(at: place)
            case 2:
                let token = tokens.randomElement(using: &generator) ?? []
                bytes.insert(contentsOf: token, at: place)
            case 3: bytes.removeSubrange(place...)
            case 4:
                let end = Int.random(in: place..<bytes.count, using: &generator)
                bytes.insert(contentsOf: bytes[place...end], at: place)
            default: bytes.swapAt(place, Int.random(in: 0..<bytes.count, using: &generator))
            }
        }
        return bytes
    }

    @Test(arguments: seeds)
    func damagedJSONIsJudgedAsFoundationJudgesItButForOurStricterRules(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var counts = (both: 0, neither: 0, stricter: 0)
        for round in 0..<5_000 {
            let bytes = Self.damaged(&generator)
            let theirs = try? JSONSerialization.jsonObject(
                with: Data(bytes), options: [.fragmentsAllowed])
            let ours = Result { try JSONValue.parse(bytes, limits: EventLimits()) }
            switch (ours, theirs) {
            case (.success(let value), .some(let object)):
                counts.both += 1
                #expect(Self.agrees(value, object), "seed \(seed), round \(round)")
            case (.failure, .none): counts.neither += 1
            case (.success, .none):
                Issue.record("only we accept it: seed \(seed), round \(round)")
            case (.failure(let error), .some):
                counts.stricter += 1
                let isOnPurpose = (error as? EventRejection).map {
                    Self.stricter.contains($0.reason) || Self.isTrailingComma($0, bytes)
                }
                #expect(isOnPurpose == true, "seed \(seed), round \(round): \(error)")
            }
        }
        // A run in which one side never happened would show nothing.
        #expect(counts.both > 500 && counts.neither > 500)
    }

    @Test(arguments: seeds)
    func anyBytesAreJudgedAndReadWithoutTrapping(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let paths = ["$.traits.email", "$.a[2]", "$[1].x[0]", "$.d[0][0]", "$.text", "$"]
            .compactMap { JSONPath($0) }
        for _ in 0..<5_000 {
            let bytes = Self.damaged(&generator)
            let isEvent = (try? EventParser.validate(bytes)) != nil
            let batch = try? BatchSplitter.split(bytes)
            for item in batch?.items ?? [] { #expect(item.place.upperBound <= bytes.count) }
            // Reading does not trust that the bytes were judged.
            let event = Event(source: "s", messageID: "m", receivedAt: 0, bytes: bytes)
            for path in paths { _ = event.value(at: path) }
            #expect(event.eventTime <= 0)
            #expect(!isEvent || event.value(at: JSONPath([])) != nil)
        }
    }

    /// Whether a value of ours and one of Foundation's say the same.
    private static func agrees(_ ours: JSONValue, _ theirs: Any) -> Bool {
        switch ours {
        case .null: return theirs is NSNull
        case .boolean(let value): return theirs as? Bool == value
        case .number(let digits):
            guard let number = theirs as? NSNumber, let value = Double(digits) else { return false }
            // Foundation goes through Decimal, whose conversion is off by a last place at times.
            return abs(number.doubleValue - value) <= abs(value) * 1e-12
        case .string(let text): return theirs as? String == text
        case .array(let values):
            guard let others = theirs as? [Any], others.count == values.count else { return false }
            return zip(values, others).allSatisfy { agrees($0, $1) }
        case .object(let members):
            guard let others = theirs as? [String: Any] else { return false }
            // A dictionary merges names that are equal only after Unicode normalisation.
            guard others.count == Set(members.map(\.name)).count else { return false }
            return others.count < members.count
                || members.allSatisfy { member in
                    others[member.name].map { agrees(member.value, $0) } ?? false
                }
        }
    }
}
