import EventLog
import Events
import Foundation
import HTTPTypes
import Testing
import Yams

@testable import Ingest

/// `docs/openapi.yaml` says what the code does.
@Suite struct OpenAPIPageTests {
    private struct Page {
        let root: Node

        init() throws {
            let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
            let text = try String(
                contentsOf: folder.appendingPathComponent("docs/openapi.yaml"), encoding: .utf8)
            root = try #require(try Yams.compose(yaml: text))
        }

        func keys(_ path: String...) throws -> Set<String> {
            Set(try node(path).mapping?.keys.compactMap(\.string) ?? [])
        }

        func list(_ path: String...) throws -> Set<String> {
            Set(try node(path).sequence?.compactMap(\.string) ?? [])
        }

        func number(_ path: String...) throws -> Int? { try node(path).int }

        private func node(_ path: [String]) throws -> Node {
            try path.reduce(root) { node, key in try #require(node[key], "\(path)") }
        }
    }

    /// One of each refusal. The switch has no default: a new case must be added above it.
    private static let refusals: [Refusal] = {
        let all: [Refusal] = [
            .notFound, .wrongMethod(allowed: .post), .unauthorised, .unsupportedEncoding,
            .bodyTooLarge(bytesMax: 1), .inflatedBodyTooLarge(bytesMax: 1), .brokenCompression,
            .tooSlow, .busy, .tooMany(retryAfter: .seconds(1)), .conflict,
            .log(.full(.disk)), .log(.overloaded(queuedEventCount: 1, queuedBytes: 1)),
            .log(.entryTooLarge(bytes: 2, bytesMax: 1)), .log(.closed),
        ]
        for refusal in all {
            switch refusal {
            case .notFound, .wrongMethod, .unauthorised, .unsupportedEncoding, .bodyTooLarge,
                .inflatedBodyTooLarge, .brokenCompression, .tooSlow, .busy, .tooMany, .rejected,
                .conflict, .log:
                continue
            }
        }
        return all + eventReasons.map { .rejected(EventRejection($0, "")) }
    }()

    private static let eventReasons = RejectionReason.allCases.filter { $0 != .malformedRow }

    /// What a route may answer besides success.
    private static func statuses(of route: IngestRoute) -> Set<Int> {
        let all = Set(refusals.map(\.status.code))
        // An unknown path has no route.
        return switch route {
        case .event: all.subtracting([404])
        // Told in the list of rejected events.
        case .batch: all.subtracting([404, 409])
        case .health: [405]
        case .readiness: [405, 503]
        }
    }

    @Test func everyPathAndStatusIsInThePageAndNoOther() throws {
        let page = try Page()
        #expect(try page.keys("paths") == Set(IngestRoute.all.map(\.path)))
        for (path, route) in IngestRoute.all {
            #expect(IngestRoute.find(path) == route)
            let method = route.method.rawValue.lowercased()
            #expect(try page.keys("paths", path) == [method])
            let told = Set(try page.keys("paths", path, method, "responses").compactMap { Int($0) })
            #expect(told == Self.statuses(of: route).union([200]), "\(path)")
        }
    }

    @Test func everyCodeIsInThePageAndNoOther() throws {
        let page = try Page()
        let events = Set(Self.eventReasons.map(\.rawValue))
        let requests = Set(Self.refusals.map(\.code)).subtracting(events)
        let schemas = ["EventCode": events, "RequestCode": requests]
        for (schema, codes) in schemas {
            #expect(try page.list("components", "schemas", schema, "enum") == codes)
        }
        #expect(
            try page.list("components", "schemas", "RefusedBatch", "properties", "code", "enum")
                == ["all-rejected", "strict-mode"])
    }

    @Test func limitsAreThoseOfTheCode() throws {
        let page = try Page()
        let limits = IngestLimits()
        let most = try page.number(
            "components", "schemas", "Batch", "properties", "batch", "maxItems")
        #expect(most == limits.batchEventCountMax)
        let kinds = try page.list(
            "components", "schemas", "BatchItem", "properties", "type", "enum")
        #expect(kinds == Set(EventKind.allCases.map(\.rawValue)))
    }
}
