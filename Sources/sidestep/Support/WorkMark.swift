import Sidestep
import SidestepHost
import SidestepModel

/// The marks of what this program starts: the same for the same work, so that a later start finds what an
/// earlier one left behind.
enum WorkMark {
    /// The word of a run's program; each start has an epoch of its own.
    static func run(_ uid: String, epoch: Int) -> String { everyRun(uid) + "\(epoch)" }

    /// How the words of all starts of a run begin.
    static func everyRun(_ uid: String) -> String { "run-\(uid)-" }

    /// The word of a step's command. A key may hold any character, and be long.
    static func step(key: String, attempt: Int) -> String { everyStep(key: key) + "\(attempt)" }

    /// The word of all commands of one `sidestep each`, which is a process of one lease.
    static func each(key: String, epoch: Int, _ process: ProcessIdentity) -> String {
        everyEach(key: key) + "\(epoch)-\(process.pid)-\(process.startTicks)"
    }

    /// How the words of all that ever did the same work begin.
    static func everyEach(key: String) -> String { "each-\(digest(key))-" }

    /// Whether whoever gave a word of `each` has ended, or lost the run to who has it with this epoch.
    static func isAbandoned(_ word: String, epoch: Int) -> Bool {
        let parts = word.split(separator: "-")
        guard parts.count == 5, let pid = Int32(parts[3]), let start = Int64(parts[4]) else { return false }
        return parts[2] != "\(epoch)" || ProcessTable.hasEnded(ProcessIdentity(pid: pid, startTicks: start))
    }

    /// How the words of all attempts of a step begin.
    static func everyStep(key: String) -> String {
        "step-\(digest(key))-"
    }

    private static func digest(_ key: String) -> Substring {
        SHA256.hexDigest(of: Array(key.utf8)).prefix(24)
    }
}

extension Environment {
    /// The same for a program that does this work.
    func marked(_ word: String) -> Environment {
        var copy = self
        copy.variables[ProcessMark.variable] = ProcessMark(self[ProcessMark.variable]).adding(word).value
        return copy
    }
}
