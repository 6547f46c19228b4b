import Glibc
import SidestepEngine
import SidestepHost
import SidestepModel

/// Programs that have outlived the daemon which started them: they are watched, and ended where that is asked for.
extension ProgramExecutor {
    /// Microseconds between two looks whether it lives.
    private static let look: UInt32 = 200_000
    /// Milliseconds from SIGTERM to SIGKILL: longer than a supervisor waits for its own program.
    private static let adoptedGraceMilliseconds: Int64 = 15_000

    /// Watches a program that is nobody's child here; false when it has ended.
    func adopt(_ orphan: Orphan, done: @escaping Done) -> Bool {
        guard let process = orphan.process, identify(process.pid) == process else { return false }
        let order = StopOrder()
        began(orphan.token, order)
        spare.onThread("adopted") {
            while !ProcessTable.hasEnded(process), !order.wasGiven { usleep(Self.look) }
            let isStopped = order.wasGiven
            self.ended(orphan.token)
            // The number of its group is trusted only while it lives.
            let tree = ProcessTree(mark: .word(orphan.token), group: isStopped ? process.pid : nil)
            ProcessTree.end([tree], graceMilliseconds: Self.adoptedGraceMilliseconds)
            done(isStopped ? .stopped : .lost)
        }
        return true
    }
}
