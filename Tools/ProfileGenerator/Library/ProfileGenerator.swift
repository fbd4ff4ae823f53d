/// Realistic profile events from a seed: the same parameters give the same bytes on every machine.
///
/// A wave introduces every person once (the first `people` events, in order), then repeats them
/// unevenly: a tenth of the people make about half of the repeats. Most events are `identify`, some
/// `track` and `group`; a few come late. A second wave has the same people, new message ids, and
/// values of which about two in a hundred differ: the case a mirror must find cheap.
///
/// A value: events are addressed by index, in any order and from any thread.
package struct ProfileGenerator: Sendable, Hashable {
    package let seed: UInt64
    package let people: Int
    /// From 1.
    package let wave: Int
    /// The time of wave 1's first event, in milliseconds since 1970-01-01T00:00:00Z.
    package let start: Int64
    /// Share of events that repeat one of the 50 before them, byte for byte.
    package let duplicateShare: Double

    /// 2025-01-01T00:00:00Z.
    package static let startDefault: Int64 = 1_735_689_600_000
    /// One event every 100 ms: 5 days, and so 4.3 million events, before a wave's stamps could
    /// reach the late events of the next.
    package static let intervalMilliseconds: Int64 = 100
    /// Seven days.
    package static let waveMilliseconds: Int64 = 604_800_000
    /// Late events are stamped between one hour and two days before their wave began.
    package static let lateMilliseconds: ClosedRange<Int64> = 3_600_000...172_800_000
    package static let waveMax = 1_000
    /// A repeated event is at most this many events old.
    package static let duplicateDistanceMax = 50

    /// - Parameters:
    ///   - people: at least 1.
    ///   - wave: 1...``waveMax``.
    ///   - start: milliseconds since 1970-01-01T00:00:00Z.
    ///   - duplicateShare: 0 up to, not including, 1.
    package init(
        seed: UInt64, people: Int = 700, wave: Int = 1, start: Int64 = startDefault,
        duplicateShare: Double = 0
    ) {
        precondition(people >= 1, "people is \(people); there must be at least one person")
        precondition(
            (1...Self.waveMax).contains(wave), "wave is \(wave); give 1 to \(Self.waveMax)")
        precondition((0..<1).contains(duplicateShare), "duplicateShare is \(duplicateShare)")
        self.seed = seed
        self.people = people
        self.wave = wave
        self.start = start
        self.duplicateShare = duplicateShare
    }

    /// The event at an index from 0: one JSON object in the Segment format, UTF-8, without a line
    /// end.
    package func event(_ index: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(MessageWriter.bytesTypical)
        append(index, to: &bytes)
        return bytes
    }

    /// Writes the event at an index to the end of `bytes`: ``event(_:)`` without its allocation.
    package func append(_ index: Int, to bytes: inout [UInt8]) {
        let index = original(of: index)
        var bits = RandomBits(seed: seed, .event, index, wave)
        let isFirst = index < people
        // The cube makes the low numbers frequent: half of the repeats fall on an eighth of the
        // people.
        let skew = bits.fraction()
        let number = isFirst ? index : Int(Double(people) * skew * skew * skew)
        let kind = bits.fraction()
        let isLate = !isFirst && bits.chance(ProfileShares.late)
        let person = Person(number: number, seed: seed, wave: wave, isOutdated: isLate)
        var writer = MessageWriter(
            bytes: bytes, person: person, seed: seed, messageID: messageID(index),
            timestamp: timestamp(index, isLate: isLate, &bits))
        // Taken back below: two owners would make the first write copy everything.
        bytes = []
        if isFirst || kind < ProfileShares.identify {
            writer.writeIdentify()
        } else if kind < ProfileShares.identify + ProfileShares.track {
            writer.writeTrack(&bits)
        } else {
            writer.writeGroup()
        }
        bytes = writer.bytes
    }

    /// The index whose event stands at `index`: itself, or an earlier one that it repeats.
    private func original(of index: Int) -> Int {
        guard duplicateShare > 0 else { return index }
        var index = index
        // Ends: every repeat points to a lower index, and index 0 repeats nothing.
        while index > 0 {
            var bits = RandomBits(seed: seed, .duplicate, index, wave)
            guard bits.chance(duplicateShare) else { return index }
            index -= 1 + bits.number(below: min(index, Self.duplicateDistanceMax))
        }
        return index
    }

    private func messageID(_ index: Int) -> (UInt64, UInt64) {
        var bits = RandomBits(seed: seed, .messageID, index, wave)
        return (bits.next(), bits.next())
    }

    private func timestamp(_ index: Int, isLate: Bool, _ bits: inout RandomBits) -> Int64 {
        let waveStart = start + Int64(wave - 1) * Self.waveMilliseconds
        guard isLate else { return waveStart + Int64(index) * Self.intervalMilliseconds }
        let late = Self.lateMilliseconds
        return waveStart - late.lowerBound
            - Int64(bits.number(below: Int(late.upperBound - late.lowerBound)))
    }
}
