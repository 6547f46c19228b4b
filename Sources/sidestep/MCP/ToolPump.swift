import Glibc
import Sidestep

/// Carries lines between a client and a server of the Model Context Protocol, in one loop that waits for nobody in
/// particular: each side may be slow, the daemon, too.
final class ToolPump {
    private let server: any ToolServer
    private let calls: PipelinedCalls
    private var fromClient = LineBuffer()
    private var toClient = WriteQueue()
    private var isClientOpen = true
    private var isClosed = false

    init(_ server: any ToolServer, calls: PipelinedCalls) { (self.server, self.calls) = (server, calls) }

    /// Where lines go.
    var ways: ToolSteps.Ways {
        ToolSteps.Ways(
            toServer: { [unowned self] in server.send($0) },
            toClient: { [unowned self] in toClient.append($0) })
    }

    /// Carries lines until the server has ended.
    func run(_ steps: ToolSteps) throws {
        while !(server.isOver && calls.isEmpty && toClient.isEmpty) {
            try turn(steps)
            if !isClientOpen, !isClosed, steps.beginning == 0 {
                isClosed = true
                server.close()
            }
        }
    }

    private func turn(_ steps: ToolSteps) throws {
        var polled = [
            poll(isClientOpen && !server.isFull ? 0 : -1, POLLIN), poll(toClient.isEmpty ? -1 : 1, POLLOUT),
            poll(calls.descriptor, POLLIN), poll(SignalRelay.bell, POLLIN),
        ]
        let own = polled.count
        polled += server.polled
        guard Glibc.poll(&polled, nfds_t(polled.count), timeout) >= 0 || errno == EINTR else { return }
        if polled[3].revents != 0 { SignalRelay.hush() }
        if polled[1].revents != 0 { toClient.write(to: 1) }
        if polled[0].revents != 0 { try readClient(steps) }
        try server.turn(polled[own...], isWanted: !toClient.isFull) { try steps.take(fromServer: $0) }
        if polled[2].revents != 0 { try calls.receive() }
        try calls.work()
    }

    private var timeout: Int32 {
        guard let next = [calls.due, server.due].compactMap({ $0 }).min() else { return SignalRelay.longest }
        return Int32(clamping: max(0, (next - .now).milliseconds + 1))
    }

    private func poll(_ descriptor: Int32, _ events: Int32) -> pollfd {
        pollfd(fd: descriptor, events: Int16(events), revents: 0)
    }

    private func readClient(_ steps: ToolSteps) throws {
        isClientOpen = fromClient.fill(from: 0)
        while let line = fromClient.next() { try steps.take(fromClient: line) }
        let rest = isClientOpen ? [] : fromClient.rest()
        if !rest.isEmpty { server.send(rest) }
    }
}
