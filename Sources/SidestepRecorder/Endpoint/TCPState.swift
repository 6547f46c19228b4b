import Glibc
import NIOCore

/// Where a connection stands: tcp(7), TCP_INFO.
struct TCPState {
    private let number: UInt8

    /// Asked of the kernel now; of no state where it does not tell.
    static func of(_ channel: any Channel) -> TCPState {
        var state = TCPState(number: 0)
        guard let provider = channel as? any SocketOptionProvider else { return state }
        // Answered at once, on the channel's own loop.
        provider.getTCPInfo().assumeIsolated().whenSuccess { state = TCPState(number: $0.tcpi_state) }
        return state
    }

    /// Whether the other side has closed it: TCP_CLOSE, TCP_CLOSE_WAIT or TCP_LAST_ACK of the kernel.
    var hasEnded: Bool { [7, 8, 9].contains(number) }
}
