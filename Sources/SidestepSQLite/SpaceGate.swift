import SidestepModel
import SidestepStore

/// Who may write while the disk is full: what frees something always, what records something as long as that is left
/// possible, everybody when the database itself has free pages again.
final class SpaceGate {
    private let reserve: SpaceReserve
    private let news: @Sendable (StoreNews) -> Void
    /// Whether the reserve was given up, and is not there again.
    private(set) var isScarce = false

    init(database: String, news: @escaping @Sendable (StoreNews) -> Void) {
        reserve = SpaceReserve(database: database)
        self.news = news
        reserve.take()
    }

    /// The disk is full.
    ///
    /// - Returns: whether there is room now that was not there before.
    func ranOut() -> Bool {
        // Something else than the file system may have an end: a quota, a limit of the file's size.
        guard reserve.isHeld, reserve.free < SpaceReserve.bytes else { return false }
        reserve.giveUp()
        isScarce = true
        news(.reserve(isHeld: false))
        return true
    }

    /// Takes the reserve again when there is space.
    func look() {
        guard isScarce else { return }
        reserve.take()
        guard reserve.isHeld, isScarce else { return }
        isScarce = false
        news(.reserve(isHeld: true))
        news(.recovered(.writing))
    }

    /// The jobs that may be performed, and the others.
    func sort(
        _ jobs: [any WriteJob], _ connection: Connection
    ) -> (admitted: [any WriteJob], refused: [any WriteJob]) {
        guard isScarce, !hasFreePages(connection) else { return (jobs, []) }
        let mayRecord = reserve.free >= SpaceReserve.keptForFreeing
        func isAdmitted(_ job: any WriteJob) -> Bool {
            switch job.space {
            case .frees: true
            case .records: mayRecord && job.weight <= SpaceReserve.recordBytes
            case .grows: false
            }
        }
        return (jobs.filter(isAdmitted), jobs.filter { !isAdmitted($0) })
    }

    /// Whether what removed rows left is enough for a while.
    private func hasFreePages(_ connection: Connection) -> Bool {
        let count = (try? connection.value("PRAGMA freelist_count")).flatMap { Int64($0) } ?? 0
        return count * 4096 >= SpaceReserve.freePageBytes
    }
}
