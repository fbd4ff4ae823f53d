/// The values of one record by field name, in order of name.
///
/// An array, not a dictionary: a record has some ten values, and an org of a million records would
/// pay more for empty buckets than for values.
struct FieldValues: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    private struct Entry: Sendable, Equatable {
        let key: String
        var value: StoredValue
    }

    private var entries: [Entry] = []

    init() {}

    init(dictionaryLiteral elements: (String, StoredValue)...) {
        for (key, value) in elements { self[key] = value }
    }

    /// The value of a field; nil where it is empty.
    subscript(key: String) -> StoredValue? {
        get {
            let place = place(of: key)
            return place < entries.count && entries[place].key == key ? entries[place].value : nil
        }
        set {
            let place = place(of: key)
            let isThere = place < entries.count && entries[place].key == key
            switch (newValue, isThere) {
            case (let value?, true): entries[place].value = value
            case (let value?, false): entries.insert(Entry(key: key, value: value), at: place)
            case (nil, true): entries.remove(at: place)
            case (nil, false): break
            }
        }
    }

    /// Those of the values that `other` does not hold as well.
    func subtracting(_ other: FieldValues) -> FieldValues {
        var rest = FieldValues()
        rest.entries = entries.filter { other[$0.key] != $0.value }
        return rest
    }

    /// Where the field stands, or would stand.
    private func place(of key: String) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
