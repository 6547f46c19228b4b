import Glibc

extension Workspace {
    /// Keeps two processes from working on one run's workspace at once.
    struct Lock {
        let file: Int32

        /// How often, and how long in between (microseconds), a lock is asked for that another process has: one that
        /// was killed while it made a child leaves it to that until the child executes its program.
        private static let tries = 100
        private static let pause: UInt32 = 20_000

        init(_ snapshots: Snapshots) throws(WorkspaceError) {
            file = open(snapshots.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            if file < 0 { throw .system("cannot open", Array(snapshots.folder.utf8)) }
            for _ in 0..<Self.tries {
                if flock(file, LOCK_EX | LOCK_NB) == 0 { return }
                usleep(Self.pause)
            }
            close(file)
            throw WorkspaceError(
                "another process works on this workspace", hint: "try again when it has ended")
        }

        func release() {
            // A child that is being made has it, too, until it executes its program: closing alone keeps the lock.
            flock(file, LOCK_UN)
            close(file)
        }
    }
}

/// Keeps contents from going while a tree is made that needs them: shared by who makes trees, exclusive for who
/// removes contents.
struct StoreLock {
    private let file: Int32

    /// Waits for as long as somebody else has it: nobody has it for long.
    init(_ store: ObjectStore, _ kind: Int32) throws(WorkspaceError) {
        file = open(store.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if file < 0 { throw .system("cannot open", Array(store.path.utf8)) }
        while flock(file, kind) != 0 {
            guard errno == EINTR else {
                let number = errno
                close(file)
                throw .system("cannot lock", Array(store.path.utf8), number: number)
            }
        }
    }

    func release() {
        flock(file, LOCK_UN)
        close(file)
    }
}
