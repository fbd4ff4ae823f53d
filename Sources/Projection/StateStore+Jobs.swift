import LMDB

extension StateStore {
    /// The jobs that are not over, in the order of their names.
    package func openJobs() throws(ProjectionError) -> [OpenJob] {
        var jobs: [OpenJob] = []
        var isDamaged = false
        try read { (transaction) throws(ProjectionError) in
            try storing { () throws(LMDBError) in
                try transaction.forEach(tables.jobs) { key, value in
                    let name = String(decoding: key, as: UTF8.self)
                    let job = OpenJob.decode([UInt8](value), name: name)
                    if let job { jobs.append(job) } else { isDamaged = true }
                    return !isDamaged
                }
            }
        }
        guard !isDamaged else { throw .damagedState(table: "jobs") }
        return jobs
    }

    /// The operations of an intent that are rows of a job and have no answer yet.
    package func jobOperations(of intent: UInt64) throws(ProjectionError) -> [OpenOperation] {
        var open: [OpenOperation] = []
        var isDamaged = false
        try read { (transaction) throws(ProjectionError) in
            try storing { () throws(LMDBError) in
                try transaction.forEach(
                    tables.jobRows, prefix: StateKey.number(intent)
                ) { key, value in
                    let row = OpenOperation.decode([UInt8](value), key: [UInt8](key))
                    if let row { open.append(row) } else { isDamaged = true }
                    return !isDamaged
                }
            }
        }
        guard !isDamaged else { throw .damagedState(table: "job-rows") }
        return open
    }
}
