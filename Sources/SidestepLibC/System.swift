/// What the systems that the client knows do each in a way of its own: Linux with either C library, and Darwin, whose
/// daemon is another machine's (through a forwarded socket).
public enum System {
    // MARK: - Sockets

    /// A stream socket of the Unix domain that no child inherits and that ends no process; below zero with `errno`.
    public static func streamSocket() -> Int32 {
        #if canImport(Darwin)
            let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
            guard descriptor >= 0 else { return descriptor }
            var isOn: Int32 = 1
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &isOn, socklen_t(MemoryLayout<Int32>.size))
            return descriptor
        #elseif canImport(Musl)
            return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)
        #else
            return socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        #endif
    }

    /// connect(2), whatever else is called so where it is used.
    public static func connect(_ descriptor: Int32, to address: sockaddr_un) -> Int32 {
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                libraryConnect(descriptor, address, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    /// Lets a recv(2) that waits longer fail with EAGAIN.
    public static func limitReads(_ descriptor: Int32, milliseconds: Int) {
        var time = timeval(tv_sec: .init(milliseconds / 1000), tv_usec: .init(milliseconds % 1000 * 1000))
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Ends both directions of a socket.
    public static func shutDown(_ descriptor: Int32) { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// For send(2): a lost connection is an error, and no signal.
    public static var sendFlags: Int32 {
        #if canImport(Darwin)
            0
        #else
            Int32(MSG_NOSIGNAL)
        #endif
    }

    /// The user who called listen(2) on the other side: unix(7), getpeereid(3). Nil when that is not known.
    public static func listener(of descriptor: Int32) -> UInt32? {
        #if canImport(Darwin)
            var (user, group) = (uid_t(0), gid_t(0))
            return getpeereid(descriptor, &user, &group) == 0 ? user : nil
        #else
            var credentials = PeerCredentials()
            var size = socklen_t(MemoryLayout<PeerCredentials>.size)
            guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 else {
                return nil
            }
            return credentials.uid
        #endif
    }

    #if !canImport(Darwin)
        /// `struct ucred`, which Glibc declares for `_GNU_SOURCE` alone.
        private struct PeerCredentials {
            var pid: Int32 = 0
            var uid: UInt32 = 0
            var gid: UInt32 = 0
        }
    #endif

    // MARK: - The process

    /// The path of the program that this process executes; nil when the system does not say.
    public static var ownProgram: String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        #if canImport(Darwin)
            var size = UInt32(buffer.count)
            guard _NSGetExecutablePath(&buffer, &size) == 0 else { return nil }
            return String(cString: buffer)
        #else
            let count = readlink("/proc/self/exe", &buffer, buffer.count)
            guard count > 0 else { return nil }
            return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        #endif
    }

    /// The variables of the environment, ended by a null: environ(7).
    public static var variables: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> {
        #if canImport(Darwin)
            _NSGetEnviron().pointee
        #else
            environ
        #endif
    }

    // MARK: - Threads

    /// Blocks the calling thread for so many microseconds.
    public static func pause(microseconds: UInt32) { usleep(microseconds) }

    /// Executes `body` on a new thread that nobody joins; the error of pthread_create(3), or 0.
    public static func startThread(_ body: @escaping @Sendable () -> Void) -> Int32 {
        let box = Unmanaged.passRetained(Box(body))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { pthread_attr_destroy(&attributes) }
        #if canImport(Glibc)
            var thread = pthread_t()
        #else
            var thread: pthread_t?
        #endif
        let status = pthread_create(&thread, &attributes, execute, box.toOpaque())
        if status != 0 { box.release() }
        return status
    }

    fileprivate final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}

private func libraryConnect(
    _ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ size: socklen_t
) -> Int32 { connect(descriptor, address, size) }

#if canImport(Darwin)
    private func execute(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        Unmanaged<System.Box>.fromOpaque(context).takeRetainedValue().body()
        return nil
    }
#else
    private func execute(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        Unmanaged<System.Box>.fromOpaque(context!).takeRetainedValue().body()
        return nil
    }
#endif
