/// Writes one event as JSON, byte by byte: an encoder would cost ten times the rest of the
/// generator.
struct MessageWriter {
    private(set) var bytes: [UInt8]
    private let person: Person
    private let seed: UInt64
    private let messageID: (UInt64, UInt64)
    /// Milliseconds since 1970-01-01T00:00:00Z.
    private let timestamp: Int64

    /// More than any event takes: one allocation an event.
    static let bytesTypical = 768

    init(
        bytes: consuming [UInt8], person: Person, seed: UInt64, messageID: (UInt64, UInt64),
        timestamp: Int64
    ) {
        self.bytes = bytes
        self.person = person
        self.seed = seed
        self.messageID = messageID
        self.timestamp = timestamp
    }

    mutating func writeIdentify() {
        writeHead(type: "identify")
        write(#","traits":{"first_name":""#)
        write(Vocabulary.firstNames[person.firstName])
        write(#"","last_name":""#)
        write(Vocabulary.lastNames[person.lastName])
        write(#"","email":""#)
        writeEmail()
        write(#"","plan":""#)
        write(Vocabulary.plans[person.plan])
        write(#"","region":"#)
        writeText(person.region.map { Vocabulary.regions[$0] })
        write(#","score":"#)
        writeNumber(person.score)
        write(#","company":"#)
        writeText(person.company.map { Vocabulary.companies[$0] })
        write(#","signup_date":""#)
        writeDate(day: person.signUpDay)
        write(#"","created_at":""#)
        writeTimestamp(Int64(person.signUpDay) * 86_400_000 + Int64(person.signUpMilliseconds))
        write(#""}"#)
        writeTail()
    }

    mutating func writeTrack(_ bits: inout RandomBits) {
        writeHead(type: "track")
        write(#","event":""#)
        write(Vocabulary.productEvents[bits.number(below: Vocabulary.productEvents.count)])
        write(#"","properties":{"order_id":"o-"#)
        writeNumber(bits.number(below: 1_000_000))
        write(#"","revenue":"#)
        writeNumber(bits.number(below: 900) + 10)
        write(".")
        writeNumber(bits.number(below: 100), width: 2)
        write(#","currency":"EUR","seats":"#)
        writeNumber(bits.number(below: 40) + 1)
        write("}")
        writeTail()
    }

    /// The group is the company of the person's email domain; what it is follows from its name.
    mutating func writeGroup() {
        writeHead(type: "group")
        write(#","groupId":"g-"#)
        writeNumber(person.domain + 1, width: 4)
        write(#"","traits":{"name":""#)
        write(Vocabulary.companies[person.domain])
        write(#"","industry":""#)
        write(Vocabulary.industries[person.domain % Vocabulary.industries.count])
        write(#"","employees":"#)
        writeNumber((person.domain + 1) * 125)
        write("}")
        writeTail()
    }

    private mutating func writeHead(type: String) {
        write(#"{"type":""#)
        write(type)
        write(#"","messageId":""#)
        writeUUID()
        write(#"","userId":"u-"#)
        writeHexadecimal(RandomBits.userID(seed: seed, number: person.number), digits: 12)
        write(#"","timestamp":""#)
        writeTimestamp(timestamp)
        write(#"""#)
    }

    private mutating func writeTail() {
        write(#","context":{"library":{"name":"analytics.js","version":"2.11.1"},"locale":""#)
        write(Vocabulary.locales[person.firstName % Vocabulary.locales.count])
        write(#"","timezone":"UTC"}}"#)
    }

    /// `p42.obrien@bluebird.example`: ASCII, lower case, and unique by the person's number; `p42@…`
    /// for names without a Latin letter, because no address ends in a dot.
    private mutating func writeEmail() {
        write("p")
        writeNumber(person.number)
        write(".")
        let nameStart = bytes.count
        writeLowercaseASCII(Vocabulary.lastNames[person.signUpName])
        if bytes.count == nameStart { bytes.removeLast() }
        write("@")
        writeLowercaseASCII(Vocabulary.companies[person.domain])
        write(".example")
    }
}

// MARK: - Characters

extension MessageWriter {
    fileprivate mutating func write(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    fileprivate mutating func write(_ text: [UInt8]) {
        bytes.append(contentsOf: text)
    }

    /// A JSON string, or `null`.
    fileprivate mutating func writeText(_ text: [UInt8]?) {
        guard let text else { return write("null") }
        write(#"""#)
        write(text)
        write(#"""#)
    }

    /// Letters only: accents, apostrophes and hyphens have no place in an address.
    fileprivate mutating func writeLowercaseASCII(_ text: [UInt8]) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): bytes.append(byte)
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): bytes.append(byte | 0x20)
            default: continue
            }
        }
    }

    /// Decimal digits, with zeros in front up to `width`.
    fileprivate mutating func writeNumber(_ number: Int, width: Int = 1) {
        var power = 1
        var digits = 1
        while digits < width || number / power >= 10 {
            power *= 10
            digits += 1
        }
        while power > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(number / power % 10))
            power /= 10
        }
    }

    fileprivate mutating func writeHexadecimal(_ value: UInt64, digits: Int) {
        for digit in (0..<digits).reversed() {
            let nibble = UInt8(truncatingIfNeeded: value >> UInt64(digit * 4)) & 0x0F
            bytes.append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10)
        }
    }

    /// The form of RFC 9562, version 4, with bits that follow from the seed.
    fileprivate mutating func writeUUID() {
        let (high, low) = messageID
        writeHexadecimal(high >> 32, digits: 8)
        write("-")
        writeHexadecimal(high >> 16, digits: 4)
        write("-4")
        writeHexadecimal(high, digits: 3)
        write("-")
        writeHexadecimal(0x8000 | (low >> 50), digits: 4)
        write("-")
        writeHexadecimal(low, digits: 12)
    }

    /// `2025-01-31T09:08:07.006Z`.
    fileprivate mutating func writeTimestamp(_ milliseconds: Int64) {
        let day = Int((Double(milliseconds) / 86_400_000).rounded(.down))
        let time = Int(milliseconds) - day * 86_400_000
        writeDate(day: day)
        write("T")
        writeNumber(time / 3_600_000, width: 2)
        write(":")
        writeNumber(time / 60_000 % 60, width: 2)
        write(":")
        writeNumber(time / 1_000 % 60, width: 2)
        write(".")
        writeNumber(time % 1_000, width: 3)
        write("Z")
    }

    /// `2025-01-31` from days since 1970-01-01, by the "days to civil" algorithm of Howard
    /// Hinnant's "chrono-Compatible Low-Level Date Algorithms". Years count from March, in eras of
    /// 400.
    fileprivate mutating func writeDate(day: Int) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        writeNumber(yearOfEra + era * 400 + (month <= 2 ? 1 : 0), width: 4)
        write("-")
        writeNumber(month, width: 2)
        write("-")
        writeNumber(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1, width: 2)
    }
}

extension RandomBits {
    /// The sender's id of a person: the same in every wave.
    static func userID(seed: UInt64, number: Int) -> UInt64 {
        var bits = RandomBits(seed: seed, .userID, number)
        return bits.next()
    }
}
