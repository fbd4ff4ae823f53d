import CLMDB
import Foundation

/// An error that can carry a failure of the store, so that a transaction's body may throw its own.
package protocol StoreFailure: Error {
    init(store: LMDBError)
}

extension LMDBError: StoreFailure {
    package init(store: LMDBError) { self = store }
}

extension Environment {
    /// Lends a read transaction: one consistent view, beside any writer. Keep it short; copy
    /// results out.
    package func read<R>(
        _ body: (borrowing ReadTransaction) throws(LMDBError) -> R
    ) throws(LMDBError) -> R {
        try reading(body)
    }

    /// The same for a body that throws an error of its own: write its closure's type out,
    /// `{ (transaction) throws(MyError) in`.
    package func read<R, E: StoreFailure>(
        orThrow: E.Type, _ body: (borrowing ReadTransaction) throws(E) -> R
    ) throws(E) -> R {
        try reading(body)
    }

    /// Lends the write transaction; waits for the one under way, in this or another process. When
    /// `body` returns it is committed and durable; when `body` or the commit throws, nothing was
    /// stored.
    ///
    /// Runs on the calling thread throughout: a transaction that commits on another thread than it
    /// began on reports success and then deadlocks the next.
    package func write<R>(
        _ body: (borrowing WriteTransaction) throws(LMDBError) -> R
    ) throws(LMDBError) -> R {
        try writing(body)
    }

    /// The same for a body that throws an error of its own, which gives the transaction up.
    package func write<R, E: StoreFailure>(
        orThrow: E.Type, _ body: (borrowing WriteTransaction) throws(E) -> R
    ) throws(E) -> R {
        try writing(body)
    }

    private func reading<R, E: StoreFailure>(
        _ body: (borrowing ReadTransaction) throws(E) -> R
    ) throws(E) -> R {
        try using(E.init(store:)) { () throws(E) -> R in
            var begun: OpaquePointer?
            let code = mdb_txn_begin(raw, nil, UInt32(MDB_RDONLY), &begun)
            guard code == 0, let handle = begun else { throw E(store: LMDBError(code: code)) }
            defer { mdb_txn_abort(handle) }
            return try body(ReadTransaction(handle: handle))
        }
    }

    private func writing<R, E: StoreFailure>(
        _ body: (borrowing WriteTransaction) throws(E) -> R
    ) throws(E) -> R {
        guard !options.isReadOnly else { throw E(store: .readOnly(path: path)) }
        return try using(E.init(store:)) { () throws(E) -> R in
            var begun: OpaquePointer?
            let code = mdb_txn_begin(raw, nil, 0, &begun)
            guard code == 0, let handle = begun else { throw E(store: failure(code)) }
            let result: R
            do throws(E) {
                result = try body(WriteTransaction(handle: handle))
            } catch {
                mdb_txn_abort(handle)
                throw error
            }
            let commit = mdb_txn_commit(handle)
            guard commit == 0 else { throw E(store: failure(commit)) }
            return result
        }
    }

    /// A short write, which is how some file systems say that the disk is full, reaches us as EIO.
    /// Only when the disk has no room left is it taken for that; any other EIO is the device
    /// failing.
    private func failure(_ code: Int32) -> LMDBError {
        if code == EIO, let free = diskSpace()?.freeBytes, free < diskFullBytesMax {
            return .diskFull
        }
        return LMDBError(code: code)
    }
}

/// An EIO with less than this free on the disk means a full disk: 64 KiB, sixteen pages.
private let diskFullBytesMax = 64 << 10
