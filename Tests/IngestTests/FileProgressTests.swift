import Ingest
import Testing

@Suite struct FileProgressTests {
    @Test(arguments: [
        (0, 1_000 as Int?, 0, Duration.zero, "0 events"),
        (250, 1_000, 5_000, .seconds(10), "5000 events, 500/s, 0:30 left"),
        (1, 1_000, 10, .seconds(4), "10 events, 2/s, 1:06:36 left"),
        (999, 1_000, 9, .milliseconds(500), "9 events, 18/s, 0:01 left"),
        (1_000, 1_000, 9, .seconds(1), "9 events, 9/s, 0:00 left"),
        (500, nil, 9_000, .seconds(3), "9000 events, 3000/s"),
    ])
    func rateAndTimeLeftFollowFromWhatWasDone(
        read: Int, total: Int?, events: Int, elapsed: Duration, text: String
    ) {
        let progress = FileProgress(bytesRead: read, bytesTotal: total, eventCount: events)
        #expect(progress.text(after: elapsed) == text)
    }
}
