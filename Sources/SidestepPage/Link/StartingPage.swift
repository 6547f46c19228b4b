import CShims
import Glibc

/// A connection to a page that is on its way: it listens, or systemd does so for it, and gives no links yet.
///
/// The connection is what makes systemd start the service. Nothing is sent on it.
package final class StartingPage {
    /// The port of the units, `systemd/sidestep-ui.socket`.
    package static let portOfUnits = 7077

    private let descriptor: Int32

    /// Connects to a port of 127.0.0.1; nil where nobody listens.
    package init?(port: Int) {
        descriptor = shim_connect_loopback(UInt16(truncatingIfNeeded: port))
        guard descriptor >= 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// Waits for at most so many milliseconds, and returns whether the other end is still there.
    ///
    /// It closes on who may not come in; and what says something without having been asked is no page.
    package func isThere(after milliseconds: Int32) -> Bool {
        var one = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&one, 1, milliseconds) <= 0
    }
}
