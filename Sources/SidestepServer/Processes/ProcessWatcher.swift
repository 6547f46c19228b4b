import CShims
import Glibc
import SidestepEngine
import SidestepModel
import Synchronization

/// Learns from the kernel when processes end: pidfd_open(2) and epoll(7) on a thread of its own.
///
/// A pidfd becomes readable at the moment its process ends. The start time is compared after the descriptor
/// was opened, so it can never be that of a process which inherited the id.
public final class ProcessWatcher: ProcessWatching {
    private struct Watched {
        let descriptor: Int32
        let process: ProcessIdentity
        let onExit: @Sendable () -> Void
    }

    private struct Table {
        var byToken: [UInt64: Watched] = [:]
        var tokens: [ProcessIdentity: UInt64] = [:]
        var nextToken: UInt64 = 1
    }

    private let epoll: Int32
    private let table = Mutex(Table())

    public init() {
        epoll = shim_epoll_create()
        precondition(epoll >= 0, "epoll_create1: \(epoll)")
        var thread: pthread_t = 0
        pthread_create(
            &thread, nil,
            { context in
                Unmanaged<ProcessWatcher>.fromOpaque(context!).takeUnretainedValue().work()
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        shim_thread_name(thread, "processes")
        pthread_detach(thread)
    }

    public func watch(_ process: ProcessIdentity, onExit: @escaping @Sendable () -> Void) -> Bool {
        if table.withLock({ $0.tokens[process] != nil }) { return true }
        guard let descriptor = Self.open(process) else { return false }
        let token = table.withLock { table -> UInt64 in
            let token = table.nextToken
            table.nextToken += 1
            table.byToken[token] = Watched(descriptor: descriptor, process: process, onExit: onExit)
            table.tokens[process] = token
            return token
        }
        if shim_epoll_add(epoll, descriptor, token) == 0 { return true }
        forget(token)
        return false
    }

    /// The process that a number means now; nil when there is none.
    public func identity(of pid: Int32) -> ProcessIdentity? {
        ProcessTable.status(of: pid).map { ProcessIdentity(pid: pid, startTicks: $0.startTicks) }
    }

    public func unwatch(_ process: ProcessIdentity) {
        if let token = table.withLock({ $0.tokens[process] }) { forget(token) }
    }

    public func signal(_ process: ProcessIdentity, _ signal: Int32) {
        guard let descriptor = Self.open(process) else { return }
        _ = shim_pidfd_send_signal(descriptor, signal)
        close(descriptor)
    }

    /// A pidfd of this very process; nil when it has ended.
    private static func open(_ process: ProcessIdentity) -> Int32? {
        let descriptor = shim_pidfd_open(process.pid)
        guard descriptor >= 0 else { return nil }
        if ProcessTable.status(of: process.pid)?.startTicks == process.startTicks { return descriptor }
        close(descriptor)
        return nil
    }

    @discardableResult
    private func forget(_ token: UInt64) -> Watched? {
        let watched = table.withLock { table in
            let watched = table.byToken.removeValue(forKey: token)
            if let watched { table.tokens[watched.process] = nil }
            return watched
        }
        if let watched {
            _ = shim_epoll_remove(epoll, watched.descriptor)
            close(watched.descriptor)
        }
        return watched
    }

    private func work() {
        var tokens = [UInt64](repeating: 0, count: 64)
        while true {
            let count = shim_epoll_wait(epoll, &tokens, Int32(tokens.count))
            if count < 0 { continue }
            for token in tokens.prefix(Int(count)) { forget(token)?.onExit() }
        }
    }
}
