import CShims
import Glibc
import Logging
import SidestepEngine
import SidestepHost
import SidestepModel
import Synchronization

/// Learns from the kernel when processes end: pidfd_open(2) and epoll(7) on a thread of its own.
///
/// A pidfd becomes readable at the moment its process ends. Where there is none to be had the process is
/// looked at in proc(5), again and again, until there is one: what is missing is a descriptor or a system
/// call, never the process.
public final class ProcessWatcher: ProcessWatching {
    /// Between two looks at the processes without a descriptor.
    public static let lookMilliseconds: Int32 = 200

    private let epoll: Int32
    /// Rung when the first process is to be looked at: the thread waits without limit until then.
    private let bell: Int32
    private let place: Int64
    private let log: Logger
    private let table = Mutex(WatchTable())

    /// - Parameter place: of the daemon that it watches for.
    /// - Throws: `overloaded` when this process has no descriptor or no thread left.
    public init(place: Int64 = 0, log: Logger) throws {
        self.place = place
        self.log = log
        epoll = shim_epoll_create()
        bell = shim_eventfd()
        guard epoll >= 0, bell >= 0, shim_epoll_add(epoll, bell, WatchTable.bell) == 0 else {
            throw Failure(.overloaded, "processes cannot be watched: \(Self.reason(-min(epoll, bell)))")
        }
        _ = try WorkerThread("processes") { self.work() }
    }

    /// Watches a process; `onExit` is called once, on the watcher's thread.
    public func watch(_ process: ProcessIdentity, onExit: @escaping @Sendable () -> Void) -> Watched {
        if let known = table.withLock({ $0.manner(of: process) }) { return known }
        switch PidDescriptor(process) {
        case .ended: return .ended
        case .open(let descriptor):
            // In this order: the end may be told before this thread goes on.
            let token = table.withLock { $0.insert(process, descriptor, onExit) }
            let added = shim_epoll_add(epoll, descriptor, token)
            if added == 0 { return equipped() }
            table.withLock { $0.strip(token) }
            close(descriptor)
            return lookAt(-added)
        case .unavailable(let number):
            _ = table.withLock { $0.insert(process, nil, onExit) }
            return lookAt(number)
        }
    }

    /// The process that a number means now; nil when there is none, or nothing is known of it.
    public func identity(of pid: Int32) -> ProcessIdentity? {
        ProcessTable.status(of: pid).map {
            ProcessIdentity(pid: pid, startTicks: $0.startTicks, place: place)
        }
    }

    /// Forgets a process; its end is not told any more.
    public func unwatch(_ process: ProcessIdentity) {
        if let token = table.withLock({ $0.token(of: process) }) { forget(token) }
    }

    /// Sends a signal to this very process, never to another one that has its number by now.
    public func signal(_ process: ProcessIdentity, _ signal: Int32) -> Signalled {
        guard case .lives(let status) = ProcessTable.look(at: process.pid), process.isStartKnown else {
            return ProcessTable.hasEnded(process)
                ? .ended : .refused("it cannot be told from another process")
        }
        guard status.startTicks == process.startTicks else { return .ended }
        switch PidDescriptor(process) {
        case .ended: return .ended
        case .open(let descriptor):
            defer { close(descriptor) }
            return Self.outcome(-shim_pidfd_send_signal(descriptor, signal))
        case .unavailable: return Self.outcome(kill(process.pid, signal) == 0 ? 0 : errno)
        }
    }

    private static func outcome(_ number: Int32) -> Signalled {
        number == 0 ? .sent : number == ESRCH ? .ended : .refused(reason(number))
    }

    private static func reason(_ number: Int32) -> String { String(cString: strerror(number)) }

    // MARK: Without descriptors

    private func lookAt(_ number: Int32) -> Watched {
        var one: UInt64 = 1
        _ = write(bell, &one, 8)
        if table.withLock({ $0.beginsLooking() }) {
            log.warning(
                """
                there is no pidfd for a process (\(Self.reason(number))): it is looked at every \
                \(Self.lookMilliseconds) ms instead, and its end noticed that much later
                """)
        }
        return .byLooking
    }

    private func equipped() -> Watched {
        if table.withLock({ $0.endsLooking() }) { log.notice("there are pidfds again for all processes") }
        return .byDescriptor
    }

    /// Looks at every process without a descriptor; one that can have one by now gets it.
    private func look() {
        for (token, process) in table.withLock({ $0.looked }) {
            switch PidDescriptor(process) {
            case .ended: forget(token)?()
            case .open(let descriptor): equip(token, descriptor)
            case .unavailable: continue
            }
        }
    }

    private func equip(_ token: UInt64, _ descriptor: Int32) {
        // Known to epoll first: it may be forgotten at any time, and is then closed by whoever forgets it.
        let isAdded = shim_epoll_add(epoll, descriptor, token) == 0
        if isAdded, table.withLock({ $0.equip(token, descriptor) }) {
            _ = equipped()
        } else {
            close(descriptor)
        }
    }

    // MARK: The thread

    @discardableResult
    private func forget(_ token: UInt64) -> (@Sendable () -> Void)? {
        guard let watched = table.withLock({ $0.remove(token) }) else { return nil }
        if let descriptor = watched.descriptor {
            _ = shim_epoll_remove(epoll, descriptor)
            close(descriptor)
        }
        return watched.onExit
    }

    private func work() {
        var tokens = [UInt64](repeating: 0, count: 64)
        while true {
            let isLooking = table.withLock { $0.hasLooked }
            let count = shim_epoll_wait(
                epoll, &tokens, Int32(tokens.count), isLooking ? Self.lookMilliseconds : -1)
            for token in tokens.prefix(max(0, Int(count))) {
                if token == WatchTable.bell { hush() } else { forget(token)?() }
            }
            if isLooking { look() }
        }
    }

    private func hush() {
        var count: UInt64 = 0
        _ = read(bell, &count, 8)
        _ = shim_epoll_again(epoll, bell, WatchTable.bell)
    }
}
