import Foundation

/// Numbers of bytes as people say them.
extension Int {
    /// `512 bytes`, `67.1 GB`: powers of a thousand, as disks are sold.
    var bytesText: String {
        let units = ["kB", "MB", "GB", "TB", "PB"]
        var value = Double(self) / 1_000
        guard value >= 1 else { return of("byte") }
        var unit = 0
        while value >= 999.95, unit < units.count - 1 {
            value /= 1_000
            unit += 1
        }
        return String(format: "%.1f ", value) + units[unit]
    }
}
