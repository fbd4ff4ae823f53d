import Records

/// The filters that Segment documents for mappings.
enum LiquidFilter: String, Sendable, CaseIterable {
    // Numbers
    case abs
    case atLeast = "at_least"
    case atMost = "at_most"
    case ceil
    case dividedBy = "divided_by"
    case floor, minus, modulo, plus, round, times
    case toInteger = "to_integer"
    // Texts
    case append, capitalize, downcase, lstrip
    case normalizeWhitespace = "normalize_whitespace"
    case numberOfWords = "number_of_words"
    case prepend, raw, remove
    case removeFirst = "remove_first"
    case removeLast = "remove_last"
    case replace
    case replaceFirst = "replace_first"
    case replaceLast = "replace_last"
    case rstrip, slugify, split, strip
    case stripHTML = "strip_html"
    case stripNewlines = "strip_newlines"
    case truncate
    case truncateWords = "truncatewords"
    case upcase
    // Encodings
    case cgiEscape = "cgi_escape"
    case escape
    case escapeOnce = "escape_once"
    case inspect, json, jsonify
    case uriEscape = "uri_escape"
    case urlDecode = "url_decode"
    case urlEncode = "url_encode"
    case xmlEscape = "xml_escape"
    // Dates
    case date
    case dateToLongString = "date_to_long_string"
    case dateToRFC822 = "date_to_rfc822"
    case dateToString = "date_to_string"
    case dateToXMLSchema = "date_to_xmlschema"
    // Lists
    case compact, first, join, last, pop, push, shift, size, slice, sum, unshift, `where`
    // Anything
    case `default`

    /// Filters that Segment disables, because of what they can cost.
    static let disabled = [
        "array_to_sentence_string", "concat", "find", "find_exp", "find_index", "find_index_exp",
        "group_by", "group_by_exp", "has", "has_exp", "map", "newline_to_br", "reject",
        "reject_exp", "reverse", "sort", "sort_natural", "type", "uniq", "where_exp",
    ]

    /// How many arguments it takes.
    var argumentCounts: ClosedRange<Int> {
        switch self {
        case .atLeast, .atMost, .dividedBy, .minus, .modulo, .plus, .times, .append, .prepend,
            .remove, .removeFirst, .removeLast, .split, .push, .unshift, .default:
            1...1
        case .replace, .replaceFirst, .replaceLast, .slice, .where: 1...2
        case .truncate, .truncateWords: 0...2
        case .round, .lstrip, .rstrip, .strip, .date, .join, .sum: 0...1
        default: 0...0
        }
    }

    /// ``argumentCounts`` for a message.
    var argumentCountText: String {
        switch argumentCounts {
        case 0...0: "no arguments"
        case 1...1: "one argument"
        case let counts: "\(counts.lowerBound) to \(counts.upperBound) arguments"
        }
    }
}

extension LiquidCall {
    /// The value behind the filter. What the filter cannot take gives null.
    func applied(
        to value: FieldValue, _ arguments: [FieldValue], _ work: inout LiquidWork
    ) throws(LiquidExhausted) -> FieldValue {
        let limit = LiquidTemplate.workBytesMax
        let given = arguments.reduce(value.workBytes(upTo: limit)) { sum, argument in
            min(sum + argument.workBytes(upTo: limit), limit + 1)
        }
        try work.spend(given)
        // A replacement may stand in for every character; a product has the digits of both.
        if filter == .replace || filter == .times, let last = arguments.last {
            let (bytes, overflows) = value.workBytes(upTo: limit).multipliedReportingOverflow(
                by: last.workBytes(upTo: limit))
            try work.spend(overflows ? .max : bytes)
        }
        let result = result(of: value, arguments)
        try work.spend(result.workBytes(upTo: limit))
        return result
    }

    private func result(of value: FieldValue, _ arguments: [FieldValue]) -> FieldValue {
        if filter == .default {
            if allowsFalse, value == .boolean(false) { return value }
            return value.isLiquidTrue && !value.isVacant(.empty) ? value : arguments[0]
        }
        if let number = LiquidNumbers.result(filter, value, arguments) { return number }
        if let list = LiquidLists.result(filter, value, arguments) { return list }
        if let date = LiquidDates.result(filter, value, arguments) { return date }
        return LiquidTexts.result(filter, value, arguments) ?? value
    }
}
