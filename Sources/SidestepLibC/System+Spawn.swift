extension System {
    /// Starts a program that leads a session of its own; nil, and `errno`, when there is none.
    public static func spawn(
        _ path: String, _ arguments: UnsafePointer<UnsafeMutablePointer<CChar>?>, standardOutput: Int32,
        standardError: Int32
    ) -> pid_t? {
        #if canImport(Darwin)
            var (actions, attributes) = (posix_spawn_file_actions_t?.none, posix_spawnattr_t?.none)
        #else
            var (actions, attributes) = (posix_spawn_file_actions_t(), posix_spawnattr_t())
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, standardOutput, 1)
        posix_spawn_file_actions_adddup2(&actions, standardError, 2)
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, newSession)
        var pid: pid_t = 0
        errno = posix_spawn(&pid, path, &actions, &attributes, arguments, variables)
        return errno == 0 ? pid : nil
    }

    /// `POSIX_SPAWN_SETSID`, which Glibc shows for `_GNU_SOURCE` alone.
    private static var newSession: Int16 {
        #if canImport(Darwin)
            0x400
        #else
            0x80
        #endif
    }
}
