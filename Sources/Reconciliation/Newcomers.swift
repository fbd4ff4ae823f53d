import Records

/// Keys that match no record yet, sorted into those that would be about the same new record.
///
/// Two keys may have nothing in common but that the record one of them creates is what the other
/// looks for: an action matching by email alone and one by email and name. Creating for each would
/// make duplicates that no later look can tell apart, so one plan never holds two creates of which
/// one would match the other's matchers. What belongs together is created once; what could belong
/// to several is deferred until the creates have happened and a query can tell.
struct Newcomers {
    /// Sets of keys to be created as one record each.
    private(set) var pieces: [[DesiredState]] = []
    /// Keys that wait for records which `others` may create.
    private(set) var waiting: [(state: DesiredState, others: Set<UInt64>)] = []

    private let description: ObjectDescription
    private let states: [DesiredState]
    private let terms: [MatchTerms]
    private let outsiders: [MatchTerms]
    /// By index into `states`: those related to it, in either direction.
    private var related: [Set<Int>]

    /// - Parameters:
    ///   - states: unmatched, sorted by key.
    ///   - outsiders: unmatched too, and answered already: no new record may be what they look for.
    init(
        _ states: [DesiredState], avoiding outsiders: [DesiredState],
        _ description: ObjectDescription
    ) {
        let reading = MatcherReading(description: description)
        self.states = states
        self.terms = states.map { reading.usableTerms($0) }
        self.outsiders = outsiders.map { reading.usableTerms($0) }
        self.description = description
        related = Array(repeating: [], count: states.count)
        relate()
        for component in components() { gather(component) }
        separate()
    }

    /// Relates each key to the creators whose records it would match.
    private mutating func relate() {
        var index = MatchIndex(MatcherReading(description: description), for: terms)
        for (number, state) in states.enumerated() where state.presence == .exists {
            let image = WorkPiece([state], description: description).image(description)
            index.add(number) { image[$0] ?? .null }
        }
        for number in states.indices {
            for creator in index.matches(terms[number]) where creator != number {
                related[number].insert(creator)
                related[creator].insert(number)
            }
        }
    }

    /// Indices grouped by being related, directly or through others.
    private func components() -> [[Int]] {
        var components: [[Int]] = []
        var seen: Set<Int> = []
        for start in states.indices where seen.insert(start).inserted {
            var component = [start]
            var next = 0
            while next < component.count {
                component += related[component[next]].sorted().filter { seen.insert($0).inserted }
                next += 1
            }
            components.append(component)
        }
        return components
    }

    /// Splits a component into pieces in which all creators are related to all, and keys that wait.
    ///
    /// Strict matchers come first: of a key by email and name, another by email and another name,
    /// and a third by email alone, the first two are two people, and the third cannot yet say which
    /// it means.
    private mutating func gather(_ component: [Int]) {
        var sets: [[Int]] = []
        for number in component.sorted(by: isBefore) {
            let touched = sets.indices.filter { !related[number].isDisjoint(with: sets[$0]) }
            let isCreator = states[number].presence == .exists
            if touched.isEmpty, isCreator || component.count == 1 {
                sets.append([number])
            } else if let only = touched.first, touched.count == 1,
                creators(sets[only]).allSatisfy({ related[number].contains($0) })
            {
                sets[only].append(number)
            } else {
                // What it waits for is any of the component: which one it means is not known.
                let others = component.filter { $0 != number }.map { states[$0].key }
                waiting.append((states[number], Set(others)))
            }
        }
        pieces += sets.map { $0.map { states[$0] } }
    }

    private func creators(_ set: [Int]) -> [Int] { set.filter { states[$0].presence == .exists } }

    private func isBefore(_ one: Int, _ other: Int) -> Bool {
        func rank(_ number: Int) -> (Int, Int, UInt64) {
            let strictness = terms[number].isAll ? terms[number].places.count : 0
            let role = states[number].presence == .exists ? 0 : 1
            return (role, -strictness, states[number].key)
        }
        return rank(one) < rank(other)
    }

    /// Dissolves a merged piece that a key outside it would match.
    ///
    /// Members' values mix when they merge, so the merged record can satisfy an `and` that none of
    /// its members does. Each member alone is known not to.
    private mutating func separate() {
        guard pieces.contains(where: { $0.count > 1 }) else { return }
        var index = MatchIndex(
            MatcherReading(description: description), for: terms + outsiders)
        for (number, piece) in pieces.enumerated() where piece.count > 1 {
            let image = WorkPiece(piece, description: description).image(description)
            index.add(number) { image[$0] ?? .null }
        }
        var crossed = Set(outsiders.flatMap { index.matches($0) })
        for (number, state) in states.enumerated() {
            crossed.formUnion(
                index.matches(terms[number])
                    .filter { piece in !pieces[piece].contains { $0.key == state.key } })
        }
        for piece in crossed.sorted() {
            let first = pieces[piece].prefix(1)
            waiting += pieces[piece].dropFirst().map { ($0, Set(first.map(\.key))) }
            pieces[piece] = Array(first)
        }
    }
}
