/// How far the reading of a file has come.
package struct FileProgress: Sendable, Hashable {
    /// Of the file as it lies on disk.
    package let bytesRead: Int
    /// `nil` when the end is not known.
    package let bytesTotal: Int?
    /// Events that were stored, known or refused.
    package let eventCount: Int

    package init(bytesRead: Int, bytesTotal: Int?, eventCount: Int) {
        self.bytesRead = bytesRead
        self.bytesTotal = bytesTotal
        self.eventCount = eventCount
    }

    /// `430112 events, 85000/s, 0:07 left`, when it has taken `elapsed` so far.
    package func text(after elapsed: Duration) -> String {
        let seconds = elapsed / .seconds(1)
        var text = "\(eventCount) events"
        guard seconds > 0 else { return text }
        text += ", \(Int(Double(eventCount) / seconds))/s"
        guard let bytesTotal, bytesRead > 0 else { return text }
        let left = Int(
            (seconds * Double(max(0, bytesTotal - bytesRead)) / Double(bytesRead)).rounded(.up))
        return text + ", \(Self.clock(left)) left"
    }

    private static func clock(_ seconds: Int) -> String {
        let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60)
        let pair = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
        let end = ":" + pair(seconds % 60)
        return hours > 0 ? "\(hours):\(pair(minutes))\(end)" : "\(minutes)\(end)"
    }
}
