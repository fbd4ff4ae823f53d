/// The names seen so far in each object that is still open, to find duplicates.
///
/// One stack for all levels, so that an event or a batch costs at most one allocation. Exact: equal
/// hashes are followed by a comparison of the names, and names with escapes are compared unescaped
/// (`"a"` and `"\u0061"` are the same name).
struct MemberNames: ~Copyable {
    private struct Name {
        let hash: UInt64
        /// Where the name starts: in the scanned bytes, or (from -1 downwards) in `unescaped`.
        let start: Int32
        let length: Int32
    }

    /// Its first `count` places hold names. Memory of its own rather than an array: a name is added
    /// for each member, and what an array checks then costs as much as reading the name.
    private var stack = UnsafeMutablePointer<Name>.allocate(capacity: capacityMin)
    private var capacity = capacityMin
    private(set) var count = 0
    /// The names that were written with escapes, unescaped, one behind the other.
    private var unescaped: [UInt8] = []

    /// Enough for the top level, `traits` and `context` of common libraries without growing.
    private static let capacityMin = 48

    deinit { stack.deallocate() }

    mutating func drop(downTo count: Int) {
        // Names are plain bytes: nothing to destroy.
        self.count = count
    }

    /// Adds a name to the innermost object.
    ///
    /// - Parameter since: the object's first name on the stack.
    /// - Returns: `false` when the object has the name already.
    mutating func insert(_ name: RawString, in base: UnsafeRawPointer, since first: Int) -> Bool {
        let added = name.hasEscapes ? unescape(name, in: base) : Self.plain(name, in: base)
        var index = first
        while index < count {
            if stack[index].hash == added.hash, areEqual(stack[index], added, in: base) {
                return false
            }
            index &+= 1
        }
        if count == capacity { grow() }
        (stack + count).initialize(to: added)
        count &+= 1
        return true
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<Name>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: stack, count: count)
        stack.deallocate()
        stack = larger
        capacity *= 2
    }

    @inline(__always)
    private static func plain(_ name: RawString, in base: UnsafeRawPointer) -> Name {
        let hash = Bytes.hash(base + name.start, count: name.count)
        return Name(
            hash: hash, start: Int32(truncatingIfNeeded: name.start),
            length: Int32(truncatingIfNeeded: name.count))
    }

    private mutating func unescape(_ name: RawString, in base: UnsafeRawPointer) -> Name {
        let raw = UnsafeRawBufferPointer(start: base + name.start, count: name.count)
        let bytes = JSONEscapes.unescaped(raw)
        let start = -1 - unescaped.count
        unescaped += bytes
        let hash = bytes.withUnsafeBytes { buffer in
            buffer.baseAddress.map { Bytes.hash($0, count: buffer.count) } ?? 0
        }
        return Name(hash: hash, start: Int32(start), length: Int32(bytes.count))
    }

    private func areEqual(_ left: Name, _ right: Name, in base: UnsafeRawPointer) -> Bool {
        guard left.length == right.length else { return false }
        return unescaped.withUnsafeBytes { pool in
            func place(_ name: Name) -> UnsafeRawPointer? {
                let start = Int(name.start)
                return start >= 0 ? base + start : pool.baseAddress.map { $0 + (-1 - start) }
            }
            // Only an empty pool has no address, and then no name lies in it.
            guard let a = place(left), let b = place(right) else { return false }
            return Bytes.areEqual(a, b, count: Int(left.length))
        }
    }
}
