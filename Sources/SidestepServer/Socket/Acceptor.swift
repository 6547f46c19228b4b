import CShims
import Glibc
import Logging
import NIOCore
import SidestepEngine
import SidestepHost
import SidestepModel
import SidestepProtocol
import Synchronization

/// Accepts connections, on the loop, whenever a thread of its own has seen that there are some.
///
/// Of the loop's own accepting (NIO's ServerBootstrap) two things are missing. It tells nobody who the peer is before a
/// channel has been made, nor that peer's groups. And when no descriptor is left it can only pause, and nobody gets in:
/// here some are kept in reserve, with which an administrator gets in even then, and everybody else is told why not.
///
/// Unchecked: what both threads touch is behind the monitor, all else is touched on the loop.
final class Acceptor: @unchecked Sendable {
    /// Connections accepted at once; the others have their turn before the next ones.
    private static let atOnce = 8
    /// How long nothing is accepted after the system had no descriptor for it, milliseconds.
    private static let pauseMilliseconds: Int32 = 100

    private let listening: CInt
    private unowned let server: SocketServer
    private let loop: any EventLoop
    private let monitor = Monitor()
    /// Whether the thread may look for connections again.
    private var isLooking = true
    private var mustPause = false
    private let isStopped = Atomic(false)
    private let waker: CInt
    /// Descriptors that can be given up for an accept(2).
    private var reserve = DescriptorReserve()
    /// How many were refused since there were no descriptors; nil while there are some.
    private var refused: Int?

    init(listening: CInt, server: SocketServer) throws(Failure) {
        self.listening = listening
        self.server = server
        loop = server.loop
        waker = shim_eventfd()
        guard waker >= 0, reserve.isFull else {
            throw Failure(.overloaded, "no descriptor is left for the socket", hint: "Raise RLIMIT_NOFILE.")
        }
        _ = fcntl(listening, F_SETFL, fcntl(listening, F_GETFL) | O_NONBLOCK)
        _ = try WorkerThread("accept") { self.work() }
    }

    /// Ends accepting, on the loop; the thread closes the listening descriptor.
    func stop() {
        isStopped.store(true, ordering: .sequentiallyConsistent)
        var one: UInt64 = 1
        write(waker, &one, 8)
        // It may wait for the loop to accept what it has seen.
        goOn(pausing: false)
    }

    // MARK: The thread

    private func work() {
        var pauses = false
        while !isStopped.load(ordering: .sequentiallyConsistent) {
            var descriptors = [
                pollfd(fd: waker, events: Int16(POLLIN), revents: 0),
                pollfd(fd: listening, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&descriptors, pauses ? 1 : 2, pauses ? Self.pauseMilliseconds : -1)
            pauses = false
            guard count > 0, descriptors[1].revents != 0 else { continue }
            monitor.locked { isLooking = false }
            loop.execute { self.accept() }
            pauses = monitor.locked {
                while !isLooking { monitor.wait() }
                return mustPause
            }
        }
        close(listening)
        close(waker)
    }

    private func goOn(pausing: Bool) {
        monitor.locked {
            (isLooking, mustPause) = (true, pausing)
            monitor.signal()
        }
    }

    // MARK: The loop

    private func accept() {
        loop.assertInEventLoop()
        var mustPause = false
        for _ in 0..<Self.atOnce where !isStopped.load(ordering: .sequentiallyConsistent) {
            let descriptor = shim_accept(listening)
            if descriptor >= 0 {
                recovered()
                admit(descriptor)
                continue
            }
            // ECONNABORTED: who wanted in is gone already.
            if [EINTR, ECONNABORTED, EPROTO].contains(-descriptor) { continue }
            if [EAGAIN, EWOULDBLOCK].contains(-descriptor) { break }
            mustPause = !acceptWithReserve(-descriptor)
            if mustPause { break }
        }
        goOn(pausing: mustPause)
    }

    private func peer(of descriptor: CInt) -> Peer? {
        PeerReader.peer(of: descriptor, server.administrators, place: server.environment.place)
    }

    private func admit(_ descriptor: CInt) {
        guard let peer = peer(of: descriptor) else {
            return refuse(descriptor, Self.unknownPeer)
        }
        let own = server.shares.share(of: peer.uid).connections
        let rule = server.shares.rule(for: peer)
        if let refusal = rule.connection(own: own, all: server.shares.connections) {
            return refuse(descriptor, server.refuse(refusal, peer))
        }
        server.serve(descriptor, peer)
    }

    /// The table of descriptors is full: who wants in is looked at by the one in reserve.
    ///
    /// - Returns: false when it is of no use, and nothing can be accepted for a while.
    private func acceptWithReserve(_ code: CInt) -> Bool {
        if refused == nil {
            refused = 0
            server.log.error(
                "no descriptor is left for connections; administrators get in, others are refused",
                metadata: ["reason": "\(String(cString: strerror(code)))"])
        }
        guard reserve.canAccept else {
            reserve.fill()
            return reserve.canAccept
        }
        reserve.giveUp()
        defer { reserve.fill() }
        let descriptor = shim_accept(listening)
        guard descriptor >= 0 else { return false }
        refused = (refused ?? 0) + 1
        if peer(of: descriptor)?.isAdministrator == true {
            admit(descriptor)
        } else {
            refuse(descriptor, Self.noDescriptor)
        }
        return true
    }

    private func recovered() {
        if !reserve.isFull { reserve.fill() }
        guard let count = refused, reserve.isFull else { return }
        refused = nil
        server.log.notice(
            "there are descriptors for connections again", metadata: ["looked_at": "\(count)"])
    }

    /// Tells somebody why he does not get in; what he sent is not read.
    private func refuse(_ descriptor: CInt, _ error: RPCError) {
        let reply = ReplyText.failure(id: .null, error)
        _ = reply.withUnsafeBytes { bytes in
            Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
        }
        close(descriptor)
    }

    private static let noDescriptor = RPCError(
        .overloaded, "the daemon has no descriptor left for another connection",
        hint: """
            Connect again later. It comes again and again? Raise LimitNOFILE= of its unit (RLIMIT_NOFILE), or lower \\
            `limits.connections`.
            """
    ) { $0.member("retry_after_ms", 1000) }

    private static let unknownPeer = RPCError(
        .overloaded, "the kernel does not tell who connects, for lack of memory or descriptors",
        hint: "Connect again later."
    ) { $0.member("retry_after_ms", 1000) }
}
