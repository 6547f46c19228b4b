import Sidestep
import SidestepHost

/// The marks of what this program starts: the same for the same work, so that a later start finds what an
/// earlier one left behind.
enum WorkMark {
    /// The word of a run's program; each start has an epoch of its own.
    static func run(_ uid: String, epoch: Int) -> String { everyRun(uid) + "\(epoch)" }

    /// How the words of all starts of a run begin.
    static func everyRun(_ uid: String) -> String { "run-\(uid)-" }

    /// The word of a step's command. A key may hold any character, and be long.
    static func step(key: String, attempt: Int) -> String { everyStep(key: key) + "\(attempt)" }

    /// How the words of all attempts of a step begin.
    static func everyStep(key: String) -> String {
        "step-\(SHA256.hexDigest(of: Array(key.utf8)).prefix(24))-"
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
