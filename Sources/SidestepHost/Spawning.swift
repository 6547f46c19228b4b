import CShims
import Glibc

/// What programs are started with, by posix_spawn(3).
public enum Spawning {
    /// With no signal blocked, and some as if nobody had changed what they do.
    ///
    /// - Parameters:
    ///   - signals: those that are ignored or caught here and may not be there.
    ///   - ownGroup: whether the program leads a process group of its own.
    /// - Returns: what posix_spawnattr_destroy(3) has to be called for.
    public static func attributes(defaulting signals: sigset_t, ownGroup: Bool) -> posix_spawnattr_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        var (none, signals) = (sigset_t(), signals)
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        let group = ownGroup ? POSIX_SPAWN_SETPGROUP : 0
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group))
        return attributes
    }

    /// A pipe of which no program inherits anything but what it is given; nil, and `errno`, when there is none.
    public static func pipe() -> (reader: Int32, writer: Int32)? {
        var (reader, writer): (Int32, Int32) = (-1, -1)
        let refused = shim_pipe(&reader, &writer)
        errno = -refused
        return refused == 0 ? (reader, writer) : nil
    }
}
