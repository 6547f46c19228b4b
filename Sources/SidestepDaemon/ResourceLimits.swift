import Glibc

/// What the system lets this process have: getrlimit(2).
enum ResourceLimits {
    private static let descriptors = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    /// Those that would end the daemon, or its writes, in the middle of work.
    private static let dangerous: [(name: String, number: __rlimit_resource_t)] = [
        ("RLIMIT_CPU, seconds", __rlimit_resource_t(RLIMIT_CPU.rawValue)),
        ("RLIMIT_FSIZE, bytes of a file", __rlimit_resource_t(RLIMIT_FSIZE.rawValue)),
        ("RLIMIT_DATA, bytes", __rlimit_resource_t(RLIMIT_DATA.rawValue)),
        ("RLIMIT_AS, bytes", __rlimit_resource_t(RLIMIT_AS.rawValue)),
    ]
    /// A connection is a descriptor, and the usual soft limit of 1024 is below our own limit of them.
    private static let mostDescriptors: rlim_t = 65536

    /// Takes what the hard limits allow: a soft one is the affair of the shell that has set it.
    static func raise() {
        for (number, most) in [(descriptors, mostDescriptors)] + dangerous.map({ ($0.number, rlim_t.max) }) {
            var limit = rlimit()
            guard getrlimit(number, &limit) == 0, limit.rlim_cur < min(limit.rlim_max, most) else { continue }
            limit.rlim_cur = min(limit.rlim_max, most)
            setrlimit(number, &limit)
        }
    }

    /// What the daemon's own files, timers and threads need, with room for some connections.
    private static let fewestDescriptors: rlim_t = 64

    /// - Throws: `StartError` when there are too few descriptors to begin with.
    static func check() throws(StartError) {
        var limit = rlimit()
        guard getrlimit(descriptors, &limit) == 0, limit.rlim_cur < fewestDescriptors else { return }
        throw StartError(
            """
            this process may have \(limit.rlim_cur) open files, and the daemon needs at least \(fewestDescriptors): \
            raise the limit (`ulimit -n`, LimitNOFILE= of a unit).
            """, exitStatus: 71)
    }

    /// The limits that are left and may end the daemon: sentences for the log.
    static var tight: [String] {
        dangerous.compactMap { name, number in
            var limit = rlimit()
            guard getrlimit(number, &limit) == 0, limit.rlim_cur != rlim_t.max else { return nil }
            return "the daemon has a limit that may end it or its writes: \(limit.rlim_cur) (\(name))"
        }
    }
}
