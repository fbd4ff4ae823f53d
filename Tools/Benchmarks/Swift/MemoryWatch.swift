import Foundation

/// The most that `/proc/PID/status` has shown.
struct MemoryWatch {
    let processID: Int32
    private var anonymousKilobytes = 0
    private var residentKilobytes = 0

    init(processID: Int32) { self.processID = processID }

    mutating func look() throws {
        let status = try String(contentsOfFile: "/proc/\(processID)/status", encoding: .utf8)
        anonymousKilobytes = max(anonymousKilobytes, Self.kilobytes("RssAnon:", status))
        residentKilobytes = max(residentKilobytes, Self.kilobytes("VmHWM:", status))
    }

    private static func kilobytes(_ name: String, _ status: String) -> Int {
        let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.split(separator: " ").compactMap { Int($0) }.first
            ?? line?.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }.first ?? 0
    }

    var anonymous: String { String(format: "%.0f", Double(anonymousKilobytes) / 1_024) }
    var resident: String { String(format: "%.0f", Double(residentKilobytes) / 1_024) }
}
