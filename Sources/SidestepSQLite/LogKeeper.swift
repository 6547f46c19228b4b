import SidestepModel
import SidestepStore
import Synchronization

/// Keeps the write-ahead log short: copies it into the database, and gives back what it does not need.
///
/// Of the writer's thread, between two commits.
final class LogKeeper {
    /// What the log's file may keep: twice the pre-grown one, so that a busy hour does not cut and grow it again and
    /// again. A reader that stayed long, or a vacuum, makes it longer for a while.
    static let keptBytes: Int64 = 8 << 20

    /// When it is to be copied.
    var pace = LogPace()
    private let path: String
    private let news: @Sendable (StoreNews) -> Void
    /// Whether the last copy failed: asked by any thread.
    private let isTroubled = Atomic(false)
    /// Whether it has to be cut to nothing.
    private let isToBeCut = Atomic(false)

    /// - Parameter database: the path of the database.
    init(database: String, news: @escaping @Sendable (StoreNews) -> Void) {
        path = LogFile.path(of: database)
        self.news = news
    }

    /// Whether there is something to be done although nobody writes.
    var wantsTidying: Bool {
        isTroubled.load(ordering: .relaxed) || isToBeCut.load(ordering: .relaxed)
            || fileSize(path) > Self.keptBytes
    }

    /// When it is tidied the next time, it is cut to nothing: something of it may not be found any more.
    func cutNext() { isToBeCut.store(true, ordering: .relaxed) }

    /// Copies the log into the database, as far as readers allow.
    ///
    /// - Returns: whether the database has all of it.
    /// - Throws: a failed sync, after which nothing more may be written.
    @discardableResult
    func copy(_ connection: Connection) throws(Failure) -> Bool {
        do {
            let isWhole = try connection.checkpointLog()
            pace.copied(connection.logFrames)
            if isTroubled.exchange(false, ordering: .relaxed) { news(.recovered(.copying)) }
            return isWhole
        } catch {
            pace.failed(connection.logFrames)
            isTroubled.store(true, ordering: .relaxed)
            if let fault = error.fault { news(.failed(fault.state, fault.sentence, .copying)) }
            if error.fault?.scope == .store { throw error }
            return false
        }
    }

    /// Shortens a log that is longer than it has to be.
    func tidy(_ connection: Connection) throws(Failure) {
        guard try copy(connection) else { return }
        do {
            if isToBeCut.load(ordering: .relaxed) {
                if try connection.cutLog() { isToBeCut.store(false, ordering: .relaxed) }
            } else if fileSize(path) > Self.keptBytes {
                // It is cut by whoever begins it anew; nobody may do so for hours.
                try connection.shortenLog()
            }
        } catch {
            if error.fault?.scope == .store { throw error }
        }
    }
}
