import NIOCore
import SidestepEngine

/// What waits for the end of this tick of the loop, when everything that was ready has been looked at.
struct Tick {
    /// Calls, which share a commit.
    fileprivate var calls: [Call] = []
    /// Connections that have sent something, which leaves with one flush.
    fileprivate var senders: [Connection] = []
    fileprivate var isEnding = false
}

extension SocketServer {
    /// Submits a call at the end of this tick.
    func submitSoon(_ call: Call) {
        tick.calls.append(call)
        endTickSoon()
    }

    /// Flushes a connection at the end of this tick.
    func flushSoon(_ connection: Connection) {
        tick.senders.append(connection)
        endTickSoon()
    }

    private func endTickSoon() {
        if tick.isEnding { return }
        tick.isEnding = true
        loop.execute { self.endTick() }
    }

    /// What a lone call is answered with leaves at once, too.
    private func endTick() {
        let calls = tick.calls
        tick.calls = []
        if !calls.isEmpty { coordinator.submit(calls) }
        let senders = tick.senders
        tick.senders = []
        tick.isEnding = false
        for sender in senders { sender.flush() }
        if !tick.calls.isEmpty { endTickSoon() }
    }
}
