import Synchronization

/// A call of a replay has no record: what follows was never executed.
package struct NoRecord: Error {
    /// What the call would be named in the journal.
    package let step: String
}

extension Run {
    /// In a replay for a test, a call without a record ends the run here.
    func checkRecorded(_ step: String) throws {
        guard client.configuration.isReplay, journal.withLock({ $0[step]?.isSettled }) != true else { return }
        let missing = NoRecord(step: step)
        end(missing)
        throw ended ?? missing
    }

    /// The first call of a replay that had no record; nil when all had one.
    package var firstWithoutRecord: String? { (ended as? NoRecord)?.step }

    /// The records that no call has got, but for those within a step that has one.
    package var unusedRecords: [String] { journal.withLock { $0.unused } }
}
