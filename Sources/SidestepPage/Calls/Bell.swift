import CShims
import Glibc

/// Wakes a thread that waits for it, or for a descriptor: eventfd(2).
final class Bell: Sendable {
    private let descriptor = shim_eventfd()

    deinit { close(descriptor) }

    func ring() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    /// Waits until it rings, until something can be read, or for so long.
    ///
    /// - Parameter other: -1 for nothing.
    func wait(or other: Int32 = -1, upTo milliseconds: Int32 = -1) {
        var polled = [descriptor, other].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        // Without a descriptor for it, it is looked for.
        _ = poll(&polled, nfds_t(polled.count), descriptor < 0 ? 10 : milliseconds)
        guard polled[0].revents != 0 else { return }
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
    }
}
