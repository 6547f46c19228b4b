import Glibc
import Synchronization

/// Whether this program says only what is wrong (`--quiet`).
enum Quiet {
    private static let state = Atomic(false)

    static var isOn: Bool { state.load(ordering: .relaxed) }

    /// From now on. A daemon that has to be started is started without a word, too.
    static func begin() {
        state.store(true, ordering: .relaxed)
        // 0: what the environment says stays, "never start one" above all.
        setenv("SIDESTEP_AUTOSTART", "quiet", 0)
    }
}
