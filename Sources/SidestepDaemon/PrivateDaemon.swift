import Glibc
import Logging
import SidestepPlaces

/// A daemon that a client started for its user: it makes way for one that somebody starts on purpose.
enum PrivateDaemon {
    /// How long one may take to leave, milliseconds: it answers what it read, and ends its programs.
    private static let patienceMilliseconds = 15_000

    /// Asks the private daemon that has a database to leave, and waits for it; any other holder is left alone.
    static func askToLeave(_ database: String, _ log: Logger) {
        guard let holder = DatabaseHolder.last(of: database, for: .current), holder.isPrivate,
            holder.holds(database), holder.pid != getpid()
        else { return }
        log.notice(
            "a client started a daemon on this database; it is asked to leave",
            metadata: ["pid": "\(holder.pid)", "database": "\(database)"])
        guard kill(holder.pid, SIGTERM) == 0 else { return }
        for _ in 0..<(patienceMilliseconds / 20) where holder.holds(database) { usleep(20_000) }
    }
}
