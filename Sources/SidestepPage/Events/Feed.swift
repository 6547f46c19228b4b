import Glibc
import Sidestep
import SidestepHost
import SidestepProtocol
import Synchronization

/// A watch of all runs, from a thread of its own; it goes on behind the last entry whenever the daemon is back.
final class Feed: Sendable {
    enum News: Sendable {
        /// The watch stands: entries come from behind this sequence.
        case begins(after: Int64)
        case entries([Entry])
        case gone
    }

    private enum Order { case none, goOn, stop }

    private let finder: DaemonPath
    private let tell: @Sendable (News) -> Void
    private let order = Mutex(Order.none)
    private let bell = Bell()
    /// Between two attempts to reach a daemon, milliseconds.
    private static let pause: Int32 = 250

    /// - Parameters:
    ///   - after: the sequence to begin behind; nil is now.
    ///   - tell: gets all news, on the thread of the feed. After entries it waits for `goOn`.
    /// - Throws: when the system has no thread left.
    init(_ finder: DaemonPath, after: Int64?, tell: @escaping @Sendable (News) -> Void) throws {
        (self.finder, self.tell) = (finder, tell)
        _ = try WorkerThread("page-events") { self.work(after) }
    }

    /// More entries may come.
    func goOn() { put(.goOn) }

    /// Ends the watch.
    func stop() { put(.stop) }

    private func put(_ new: Order) {
        order.withLock { if $0 != .stop { $0 = new } }
        bell.ring()
    }

    private var isStopped: Bool { order.withLock { $0 == .stop } }

    // MARK: The thread

    private func work(_ after: Int64?) {
        var last = after
        while !isStopped {
            if let watch = try? Watch(finder, after: last) {
                last = watch.start
                tell(.begins(after: watch.start))
                follow(watch, &last)
                if isStopped { return }
            }
            tell(.gone)
            bell.wait(upTo: Self.pause)
        }
    }

    private func follow(_ watch: Watch, _ last: inout Int64?) {
        while !isStopped {
            if !watch.hasMore { bell.wait(or: watch.descriptor) }
            guard watch.hasMore || watch.isReadable else { continue }
            guard let entries = watch.next() else { return }
            guard let newest = entries.last else { continue }
            last = newest.sequence
            tell(.entries(entries))
            waitForLeave()
        }
    }

    private func waitForLeave() {
        while true {
            let now = order.withLock { order in
                defer { if order == .goOn { order = .none } }
                return order
            }
            if now != .none { return }
            bell.wait()
        }
    }
}

/// A connection of the daemon that is told of every entry.
final class Watch {
    /// Entries come from behind this sequence.
    let start: Int64
    private let connection: BlockingConnection
    private let name: String
    /// Those that came before the answer.
    private var early: [Entry] = []

    /// - Throws: when no daemon answers.
    init(_ finder: DaemonPath, after: Int64?) throws {
        connection = try finder.connect()
        let now = try Self.begin(connection, after: nil) { _ in }
        // A database that is behind what was seen is another one: it is looked at from now on.
        guard let after, after <= now.start else {
            (name, start) = now
            return
        }
        try connection.call("run.unwatch", .object { $0.member("watch", now.name) })
        var early: [RawJSON] = []
        (name, start) = try Self.begin(connection, after: after) { early.append($0) }
        self.early = early.compactMap(entry)
    }

    private static func begin(
        _ connection: BlockingConnection, after: Int64?, told: (RawJSON) -> Void
    ) throws -> (name: String, start: Int64) {
        let params = RawJSON.object { $0.member("after", after) }
        let answer = try connection.call("run.watch", params, told: told)
        guard let name = answer["watch"]?.string, let sequence = answer["sequence"]?.integer else {
            throw SidestepError(.unexpectedReply, "the daemon's answer to run.watch is none")
        }
        return (name, sequence)
    }

    private func entry(_ params: RawJSON) -> Entry? {
        params["watch"]?.string == name ? Entry(params) : nil
    }

    var descriptor: Int32 { connection.descriptor }
    var hasMore: Bool { !early.isEmpty || connection.hasAnswers }

    var isReadable: Bool {
        var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&polled, 1, 0) > 0
    }

    /// The entries that have come; nil when the daemon has gone away.
    func next() -> [Entry]? {
        defer { early = [] }
        if !early.isEmpty { return early }
        guard let messages = try? connection.nextMessages() else { return nil }
        return messages.compactMap { message in
            guard case .told("run.event", let params) = message else { return nil }
            return entry(params)
        }
    }
}
