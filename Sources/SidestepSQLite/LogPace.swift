/// When the log is copied into the database: as soon as it is long, and later when somebody stays in it.
///
/// Lengths are frames of the log after a commit (<https://www.sqlite.org/c3ref/wal_hook.html>). A log that is wholly
/// copied is shorter after the next commit, unless somebody reads in it: then copying it at every commit would sync
/// the database as often, for nothing.
struct LogPace {
    /// From which length it is copied: the size of the pre-grown log, 4 MiB.
    static let long = 1000

    private var copied = 0
    private var limit = long

    /// Whether a log of this length is to be copied now.
    mutating func isDue(_ frames: Int) -> Bool {
        if frames < copied { self = LogPace() }
        return frames >= limit
    }

    /// It was copied, as far as readers allowed.
    mutating func copied(_ frames: Int) {
        copied = frames
        limit = max(Self.long, 2 * frames)
    }

    /// It could not be copied: after some commits more it is tried again.
    mutating func failed(_ frames: Int) { limit = max(Self.long, frames + 50) }
}
