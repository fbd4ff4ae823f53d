import CLMDB

/// A named table of an environment: sorted keys, one value each. From ``Environment/table(_:)``;
/// valid as long as the environment is open.
package struct Table: Sendable, Hashable {
    package let name: String
    let handle: MDB_dbi
}

/// What ``WriteTransaction/put(_:key:value:rule:)`` does about keys that are there.
package enum PutRule: Sendable, Hashable {
    /// Replaces the value.
    case overwrite
    /// Throws `keyExists` and leaves the value.
    case noOverwrite
    /// The key must come after all others (`keyExists` otherwise): fills pages fully, and proves
    /// order.
    case append

    var flags: UInt32 {
        switch self {
        case .overwrite: 0
        case .noOverwrite: UInt32(MDB_NOOVERWRITE)
        case .append: UInt32(MDB_APPEND)
        }
    }
}
