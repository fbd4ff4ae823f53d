import Foundation
import Testing

@testable import ProfileGenerator

@Suite struct ProfileGeneratorTests {
    @Test func sameSeedGivesTheSameBytesInAnyOrder() {
        let first = ProfileGenerator(seed: 7, people: 50)
        let second = ProfileGenerator(seed: 7, people: 50)
        let forwards = (0..<300).map { first.event($0) }
        let backwards = (0..<300).reversed().map { second.event($0) }
        #expect(forwards == Array(backwards.reversed()))
    }

    @Test func anotherSeedGivesOtherPeople() {
        let first = ProfileGenerator(seed: 1).event(0)
        let second = ProfileGenerator(seed: 2).event(0)
        #expect(first != second)
    }

    @Test func appendingWritesTheSameEventBehindWhatIsThere() {
        let generator = ProfileGenerator(seed: 3)
        var bytes = Array("x".utf8)
        generator.append(4, to: &bytes)
        #expect(bytes == Array("x".utf8) + generator.event(4))
    }

    @Test(arguments: [1, 2])
    func everyEventIsOneJSONObjectWithTheMembersOfItsType(wave: Int) throws {
        let needed = [
            "identify": ["traits"], "track": ["event", "properties"],
            "group": ["groupId", "traits"],
        ]
        let stream = try Stream(ProfileGenerator(seed: 11, people: 100, wave: wave), count: 2_000)
        for message in stream.messages {
            let type = try #require(message["type"] as? String)
            let members =
                try #require(needed[type]) + ["messageId", "userId", "timestamp", "context"]
            for member in members { #expect(message[member] != nil, "\(type) without \(member)") }
        }
        let types = Set(stream.messages.compactMap { $0["type"] as? String })
        #expect(types == Set(needed.keys))
    }

    @Test func everyIdentifyHasAllTraits() throws {
        let stream = try Stream(ProfileGenerator(seed: 5, people: 80), count: 1_000)
        for traits in stream.identifyTraits {
            #expect(
                Set(traits.keys) == [
                    "first_name", "last_name", "email", "plan", "region", "score", "company",
                    "signup_date", "created_at",
                ])
        }
    }

    @Test func everyEmailIsAnAddressThatSalesforceTakes() throws {
        let stream = try Stream(ProfileGenerator(seed: 42, people: 700), count: 1_000)
        for traits in stream.identifyTraits {
            let email = try #require(traits["email"] as? String)
            let parts = email.split(separator: "@", omittingEmptySubsequences: false)
            #expect(parts.count == 2 && parts.allSatisfy { !$0.isEmpty && $0.last != "." })
        }
    }

    @Test func everyPersonIsIntroducedOnceBeforeAnyRepeat() throws {
        let stream = try Stream(ProfileGenerator(seed: 5, people: 200), count: 200)
        #expect(Set(stream.emails).count == 200)
        #expect(Set(stream.messages.compactMap { $0["userId"] as? String }).count == 200)
    }

    @Test func aTenthOfThePeopleMakeNearlyHalfOfTheRepeats() throws {
        let generator = ProfileGenerator(seed: 9, people: 100)
        let users = try (100..<5_100).map {
            try Stream.parse(generator.event($0))["userId"] as? String
        }
        let counts = Dictionary(grouping: users, by: { $0 }).values.map(\.count).sorted(by: >)
        let share = Double(counts.prefix(10).reduce(0, +)) / 5_000
        #expect(share > 0.4 && share < 0.55, "share \(share)")
    }

    @Test func messageIDsAreUniqueAcrossWavesAndInUUIDForm() throws {
        let first = try Stream(ProfileGenerator(seed: 21, people: 50), count: 2_000).messageIDs
        let second = try Stream(ProfileGenerator(seed: 21, people: 50, wave: 2), count: 2_000)
        let identifiers = first + second.messageIDs
        #expect(Set(identifiers).count == 4_000)
        for identifier in identifiers { #expect(UUID(uuidString: identifier) != nil) }
    }

    @Test func secondWaveChangesAboutTwoInAHundredOfTheChangingFields() throws {
        let people = 2_000
        let first = try Stream(ProfileGenerator(seed: 13, people: people), count: people)
        let second = try Stream(ProfileGenerator(seed: 13, people: people, wave: 2), count: people)
        #expect(first.emails == second.emails)
        for field in ["last_name", "plan", "region", "score", "company"] {
            let changed = zip(first.identifyTraits, second.identifyTraits).count {
                Stream.text($0[field]) != Stream.text($1[field])
            }
            let share = Double(changed) / Double(people)
            #expect(share > 0.01 && share < 0.03, "\(field): \(share)")
        }
    }

    @Test func someRegionsAndCompaniesAreNull() throws {
        let stream = try Stream(ProfileGenerator(seed: 17, people: 1_000), count: 1_000)
        for field in ["region", "company"] {
            let nulls = stream.identifyTraits.count { $0[field] is NSNull }
            #expect((10...60).contains(nulls), "\(field): \(nulls) of 1,000")
        }
    }

    @Test func lateEventsAreStampedBeforeTheirWaveAndCarryOlderValues() throws {
        let start: Int64 = 1_767_225_600_000
        let generator = ProfileGenerator(seed: 19, people: 20, start: start)
        let stream = try Stream(generator, count: 2_000)
        let late = stream.messages.filter { ($0["timestamp"] as? String ?? "") < "2026-01-01" }
        #expect((60...140).contains(late.count), "\(late.count) of 1,980")
        var scores: [String: String] = [:]
        for message in stream.messages.prefix(20) {
            let traits = message["traits"] as? [String: Any]
            scores[message["userId"] as? String ?? ""] = Stream.text(traits?["score"])
        }
        for message in late where message["type"] as? String == "identify" {
            let traits = message["traits"] as? [String: Any]
            #expect(Stream.text(traits?["score"]) != scores[message["userId"] as? String ?? ""])
        }
    }

    @Test func timestampsStartWhereTheyAreToldTo() throws {
        let generator = ProfileGenerator(seed: 1, start: 1_709_164_800_123)
        let message = try Stream.parse(generator.event(0))
        #expect(message["timestamp"] as? String == "2024-02-29T00:00:00.123Z")
    }

    @Test func duplicatesAreEqualByteForByteAndAsFrequentAsAsked() {
        let generator = ProfileGenerator(seed: 23, people: 100, duplicateShare: 0.1)
        let distinct = Set((0..<3_000).map { generator.event($0) })
        #expect((2_600...2_800).contains(distinct.count), "\(distinct.count) distinct of 3,000")
    }
}

/// The first events of a generator, parsed by a JSON parser that shares nothing with its writer.
private struct Stream {
    let messages: [[String: Any]]

    init(_ generator: ProfileGenerator, count: Int) throws {
        messages = try (0..<count).map { try Self.parse(generator.event($0)) }
    }

    var messageIDs: [String] { messages.compactMap { $0["messageId"] as? String } }
    var emails: [String] { identifyTraits.compactMap { $0["email"] as? String } }
    var identifyTraits: [[String: Any]] {
        messages.filter { $0["type"] as? String == "identify" }
            .compactMap { $0["traits"] as? [String: Any] }
    }

    static func parse(_ bytes: [UInt8]) throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(bytes))
        return try #require(value as? [String: Any])
    }

    static func text(_ value: Any?) -> String { value.map { "\($0)" } ?? "absent" }
}
