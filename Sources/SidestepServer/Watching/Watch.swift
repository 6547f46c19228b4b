import SidestepEngine
import SidestepModel
import SidestepProtocol

/// One watch of one connection: where its reader is, and how it gets on. Lives on the event loop.
final class Watch {
    enum State {
        /// Every announcement is sent at once.
        case live
        /// A reader looks at what the watcher has not seen; announcements meanwhile are kept, up to a bound.
        case reading(Kept)
        /// The connection has too much queued: nothing is kept, the journal is read again when it has been
        /// sent.
        case behind
    }

    /// Announcements that wait for a look at the journal to end.
    struct Kept {
        var announcements: [Announcement] = []
        var bytes = 0
        /// Whether some were dropped, so that the journal has to be read once more.
        var isIncomplete = false

        mutating func keep(_ announcement: Announcement, limit: Int) {
            if isIncomplete { return }
            bytes += announcement.bytes
            guard bytes <= limit else {
                self = Kept(isIncomplete: true)
                return
            }
            announcements.append(announcement)
        }
    }

    let id: String
    let filter: WatchFilter
    unowned let session: Session
    /// Everything up to here that matches was sent.
    var cursor: Int64
    /// The runs under way at the cursor, while it catches up.
    var underWay: Set<Int64>?
    var state = State.live

    init(id: String, filter: WatchFilter, session: Session, cursor: Int64) {
        self.id = id
        self.filter = filter
        self.session = session
        self.cursor = cursor
    }

    /// The notification's line, its newline included.
    static func line(_ watch: String, _ announcement: Announcement) -> [UInt8] {
        let entry = announcement.entry
        return Notifications.line("run.event") { writer in
            writer.member("watch", watch)
            writer.member("sequence", entry.sequence)
            writer.member("run", announcement.run.id)
            writer.instant("at", entry.at)
            writer.member("kind", entry.kind)
            writer.member("step", entry.step)
            writer.member("attempt", entry.attempt)
            writer.payload("detail", entry.detail)
        }
    }

    static func lagging(_ watch: String, _ sequence: Int64) -> [UInt8] {
        Notifications.line("run.lagging") { writer in
            writer.member("watch", watch)
            writer.member("sequence", sequence)
        }
    }
}
