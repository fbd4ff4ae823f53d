import Foundation
import Testing

@testable import Actions

/// What `docs/coming-from.md` says to write can be written.
@Suite struct ComingFromPageTests {
    static func page() throws -> String {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try String(
            contentsOf: root.appendingPathComponent("docs/coming-from.md"), encoding: .utf8)
    }

    @Test func theActionsOfThePageCanBeRead() throws {
        let page = try Self.page()
        let blocks = page.components(separatedBy: "```yaml\n").dropFirst()
            .compactMap { $0.components(separatedBy: "\n```").first }
        let read = try blocks.map { block in try actions(block) }
        #expect(read.map(\.count) == [1, 1, 2])
        #expect(read.joined().allSatisfy { $0.isEnabled })
    }

    /// The action in the page's words means what the one it is pasted from means.
    @Test func thePastedActionIsTheOneThatWasExported() throws {
        let page = try Self.page()
        let exported = try #require(page.firstMatch(of: /```json\n((?s).*?)\n```/)).output.1
        for part in [
            #"{ "@path": "$.traits.email" }"#, #"{ "@path": "$.traits.last_name" }"#,
            #"{ "@case": { "operator": "upper", "value": { "@path": "$.traits.region" } } }"#,
        ] {
            #expect(exported.contains(part))
            #expect(page.components(separatedBy: part).count == 3, "\(part)")
        }
        let block = try #require(page.components(separatedBy: "```yaml\n").dropFirst().first)
        let action = try #require(
            try actions(block.components(separatedBy: "\n```")[0]).first)
        let effect = ActionTests.effect(
            action.evaluate(
                event(
                    #"""
                    {"type":"identify","userId":"u","traits":{"email":"a@b.co","plan":"pro",
                    "last_name":"","region":"emea"}}
                    """#)))
        #expect(effect?.matchers == [.init(field: "Email", value: .text("a@b.co"))])
        #expect(effect?.fields == [.init(index: 1, value: .text("EMEA"))])
        #expect(action.operation == .upsert && action.matchersOperator == .or)
    }
}
