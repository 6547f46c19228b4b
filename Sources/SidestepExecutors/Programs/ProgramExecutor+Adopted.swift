import Glibc
import SidestepEngine
import SidestepHost
import SidestepModel

/// Programs that have outlived the daemon which started them: they are watched, and ended where that is asked for.
extension ProgramExecutor {
    /// Between two looks whether it lives.
    private static let look = Duration.milliseconds(200)
    /// Milliseconds from SIGTERM to SIGKILL: longer than a supervisor waits for its own program.
    private static let adoptedGraceMilliseconds: Int64 = 15_000

    /// Watches a program that is nobody's child here; false when it has ended.
    func adopt(_ orphan: Orphan, done: @escaping Done) -> Bool {
        guard let process = orphan.process, identify(process.pid) == process else { return false }
        let stops = began(orphan.token)
        Task.detached {
            let isStopped = await Self.outlasts(process, stops)
            self.ended(orphan.token)
            // The number of its group is trusted only while it lives.
            let tree = ProcessTree(mark: .word(orphan.token), group: isStopped ? process.pid : nil)
            Self.onThread("adopted") {
                ProcessTree.end([tree], graceMilliseconds: Self.adoptedGraceMilliseconds)
                done(isStopped ? .stopped : .lost)
            }
        }
        return true
    }

    /// Returns when the process has ended, or is to end: then true.
    private static func outlasts(_ process: ProcessIdentity, _ stops: AsyncStream<StopReason>) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await stops.first { _ in true } != nil }
            group.addTask {
                while !ProcessTable.hasEnded(process), !Task.isCancelled { try? await Task.sleep(for: look) }
                return false
            }
            let isStopped = await group.next() ?? false
            group.cancelAll()
            return isStopped
        }
    }
}
