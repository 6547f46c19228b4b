import Glibc
import SidestepHost
import Synchronization

/// The programs that somebody waits for, from before they are started until their end is known.
///
/// As process 1 the daemon is the parent of every process of its container that has lost its own, and has
/// to wait for them, or they stay as corpses until no number is left. It must not wait for a program of a
/// step: how that ended would be lost.
final class ProgramChildren: Sendable {
    private struct Table {
        var next = 0
        /// nil as long as the number is not known.
        var pids: [Int: Int32?] = [:]
    }

    private let table = Mutex(Table())

    /// A program is about to be started.
    func begin() -> Int {
        table.withLock { table in
            table.next += 1
            table.pids[table.next] = .some(nil)
            return table.next
        }
    }

    func began(_ child: Int, _ pid: Int32) { table.withLock { $0.pids[child] = pid } }

    func pid(of child: Int) -> Int32? { table.withLock { $0.pids[child] ?? nil } }

    func end(_ child: Int) { table.withLock { _ = $0.pids.removeValue(forKey: child) } }

    /// Waits for all corpses that are not programs of ours. Looked at and waited for under the lock:
    /// nothing is started in between.
    func reapOthers() {
        table.withLock { table in
            guard table.pids.values.allSatisfy({ $0 != nil }) else { return }
            let known = Set(table.pids.values.compactMap(\.self))
            for pid in ProcessTable.corpses where !known.contains(pid) { waitpid(pid, nil, WNOHANG) }
        }
    }
}
