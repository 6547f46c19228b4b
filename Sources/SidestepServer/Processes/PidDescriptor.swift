import CShims
import Glibc
import SidestepHost
import SidestepModel

/// A descriptor of one very process: pidfd_open(2).
enum PidDescriptor {
    case open(Int32)
    /// The process has ended, or its id belongs to another one.
    case ended
    /// It lives, but there is no descriptor of it: a number of errno(3). The table may be full (EMFILE, ENFILE), the
    /// kernel too old (ENOSYS), a sandbox may forbid the call (EPERM).
    case unavailable(Int32)

    /// The start time is compared after the descriptor was opened, so it cannot be that of a process which inherited
    /// the id.
    init(_ process: ProcessIdentity) {
        let descriptor = shim_pidfd_open(process.pid)
        if ProcessTable.hasEnded(process) {
            if descriptor >= 0 { close(descriptor) }
            self = .ended
        } else {
            self = descriptor >= 0 ? .open(descriptor) : .unavailable(-descriptor)
        }
    }
}
