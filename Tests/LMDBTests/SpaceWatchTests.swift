import Testing

@testable import LMDB

@Suite struct SpaceWatchTests {
    private func usage(disk: Int, map: Int = 0) -> EnvironmentUsage {
        EnvironmentUsage(
            usedBytes: map, mapBytes: 100, diskFreeBytes: 100 - disk, diskBytes: 100,
            transactionCount: 1)
    }

    /// One word for each percentage in a row, a minute apart.
    private func words(_ percents: [Int]) -> [String] {
        var watch = SpaceWatch()
        return percents.enumerated().map { minute, percent in
            switch watch.look(usage(disk: percent), now: .seconds(60 * minute)) {
            case .filling(let place, let percent): "\(place.rawValue) \(percent)"
            case .eased: "eased"
            case nil: "-"
            }
        }
    }

    @Test func itIsSaidOnceForEachStepAndWhenItIsOver() {
        #expect(
            words([69, 70, 70, 74, 75, 79, 80, 69, 68, 71])
                == ["-", "disk 70", "-", "-", "disk 75", "-", "disk 80", "eased", "-", "disk 71"])
    }

    @Test func goingToAndFroOverAnEdgeIsSaidOnce() {
        #expect(words([75, 74, 75, 74, 75]) == ["disk 75", "-", "-", "-", "-"])
        #expect(words([85, 72, 85]) == ["disk 85", "-", "disk 85"], "a real return is said")
    }

    @Test func whatLastsIsSaidOnceADay() {
        var watch = SpaceWatch()
        let day: Duration = SpaceWatch.reminderInterval
        #expect(watch.look(usage(disk: 90), now: .zero) == .filling(.disk, percent: 90))
        #expect(watch.look(usage(disk: 90), now: day - .seconds(1)) == nil)
        #expect(watch.look(usage(disk: 90), now: day) == .filling(.disk, percent: 90))
        #expect(watch.look(usage(disk: 90), now: day + .seconds(60)) == nil)
    }

    @Test func theFullerOfDiskAndMapIsNamed() {
        var watch = SpaceWatch()
        #expect(
            watch.look(usage(disk: 71, map: 93), now: .zero) == .filling(.map, percent: 93))
    }
}
