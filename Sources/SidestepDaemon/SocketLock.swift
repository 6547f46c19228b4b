import Glibc

/// The right to put a socket at a path: held from the look at what is there until the new socket accepts.
///
/// Without it two daemons that start at once find what a third one left behind; both remove it, the slower one the
/// socket that the faster one has just made, and nobody reaches that any more.
struct SocketLock {
    private let descriptor: Int32

    /// How often, and how long in between (microseconds), a lock is asked for that another daemon has: it has it
    /// for a moment.
    private static let tries = 500
    private static let pause: UInt32 = 20_000

    /// - Throws: `StartError`, 75 when another daemon does not let go of it.
    init(_ socket: String) throws(StartError) {
        let path = socket + ".lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw StartError("cannot lock \(path): \(String(cString: strerror(errno))).", exitStatus: 73)
        }
        for _ in 0..<Self.tries {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
            guard errno == EWOULDBLOCK || errno == EINTR else {
                // A file system without locks: as before there were any.
                return
            }
            usleep(Self.pause)
        }
        close(descriptor)
        throw StartError(
            "another sidestepd has been starting at \(socket) for a long time. Stop it, or name another --socket.",
            exitStatus: 75)
    }

    func release() {
        // A child that is being made has it, too, until it executes its program: closing alone keeps the lock.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
