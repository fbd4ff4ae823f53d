import Testing

@testable import Delivery

@Suite struct CallConcurrencyTests {
    enum Happening: Sendable {
        case quick(Int)
        case slow
        case refused
    }

    struct Row: Sendable {
        let happenings: [Happening]
        let current: Int
    }

    @Test(arguments: [
        Row(happenings: [], current: 8),
        Row(happenings: [.quick(100)], current: 8),
        Row(happenings: [.slow], current: 4),
        Row(happenings: [.refused], current: 4),
        Row(happenings: [.refused, .slow, .refused], current: 1),
        Row(happenings: [.refused, .refused, .refused, .refused], current: 1),
        // Up by one after as many quick answers as may be under way.
        Row(happenings: [.refused, .quick(3)], current: 4),
        Row(happenings: [.refused, .quick(4)], current: 5),
        Row(happenings: [.refused, .quick(2), .quick(2)], current: 5),
        Row(happenings: [.refused, .quick(4), .quick(4)], current: 5),
        Row(happenings: [.refused, .quick(4), .quick(5)], current: 6),
        // A slow call forgets the quick ones before it.
        Row(happenings: [.refused, .quick(3), .slow, .quick(1)], current: 2),
    ])
    func callsAtOnceFallFastAndRiseSlowly(_ row: Row) {
        var concurrency = CallConcurrency(ceiling: 8)
        for happening in row.happenings {
            switch happening {
            case .quick(let count):
                concurrency.answered(Array(repeating: .milliseconds(200), count: count))
            case .slow: concurrency.answered([.milliseconds(200), .seconds(12)])
            case .refused: concurrency.decrease()
            }
        }
        #expect(concurrency.current == row.current)
    }

    @Test func itRisesToItsCeilingAndNoFurther() {
        var concurrency = CallConcurrency(ceiling: 4)
        concurrency.decrease()
        for _ in 0..<100 { concurrency.answered([.milliseconds(1)]) }
        #expect(concurrency.current == 4)
        #expect(CallConcurrency(ceiling: 0).current == 1)
    }
}
