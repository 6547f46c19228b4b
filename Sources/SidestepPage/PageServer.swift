import Glibc
import SidestepHost
import NIOCore
import NIOHTTP1
import NIOPosix

/// The page's server: on loopback, for one user, as a client of the daemon.
package final class PageServer: Sendable {
    /// Why it cannot serve.
    package struct Problem: Error {
        /// What is in the way.
        package let message: String
        /// What to do.
        package let hint: String
    }

    private let core: NIOLoopBound<PageCore>
    private let listener: any Channel
    private let linkFile: String?
    /// Where it listens.
    package let port: Int

    /// Listens; a daemon need not be there.
    ///
    /// - Throws: `Problem` when the port is not to be had; a `Failure` when the system has no thread left.
    package init(_ options: PageOptions) throws {
        guard PeerUser.isTold else {
            throw Problem(
                message: "/proc/net/tcp cannot be read: without it nobody is known, or let in",
                hint: "Mount /proc, or show it to this process.")
        }
        let calls = try DaemonCalls(DaemonPath(options.socket))
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.any()
        let core = try loop.submit { NIOLoopBound(PageCore(loop, options, calls), eventLoop: loop) }.wait()
        let listener = try Self.listen(options, group, core)
        guard let end = listener.localAddress.flatMap(ConnectionEnd.init), end.isLoopback else {
            throw Problem(
                message: "the socket that was handed over does not listen on loopback",
                hint: "In the socket's unit: ListenStream=127.0.0.1:PORT, and no other.")
        }
        let port = Int(end.port)
        try loop.submit { core.value.listens(at: port) }.wait()
        (self.core, self.listener, self.port) = (core, listener, port)
        linkFile = options.links.flatMap { Self.giveLinks(in: $0, port, group, core) }
    }

    private static func listen(
        _ options: PageOptions, _ group: MultiThreadedEventLoopGroup, _ core: NIOLoopBound<PageCore>
    ) throws(Problem) -> any Channel {
        let bootstrap = bootstrap(group, core)
        do {
            if let descriptor = options.descriptor { return try bootstrap.withBoundSocket(descriptor).wait() }
            return try bootstrap.bind(host: "127.0.0.1", port: options.port).wait()
        } catch {
            throw problem(error, port: options.port)
        }
    }

    private static func problem(_ error: any Error, port: Int) -> Problem {
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE:
            Problem(
                message: "port \(port) of 127.0.0.1 is taken by another program",
                hint:
                    "Is it a page of yours? `sidestep ui --link --port \(port)` prints a link to it. Else take "
                    + "another port, or leave --port out.")
        case EACCES:
            Problem(
                message: "port \(port) is not for everybody to take", hint: "Take one from 1024 on.")
        default:
            Problem(
                message: "nobody can listen on 127.0.0.1: \(error)",
                hint: "Is there a loopback interface? `ip addr show lo`")
        }
    }

    private static func bootstrap(
        _ group: MultiThreadedEventLoopGroup, _ core: NIOLoopBound<PageCore>
    ) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 64)
            // The connections of a page that was here before do not keep the port.
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    let meter = HeadMeter()
                    try pipeline.addHandler(meter)
                    try pipeline.configureHTTPServerPipeline(
                        withPipeliningAssistance: false, withErrorHandling: false)
                    try pipeline.addHandler(BrowserConnection(core.value, meter))
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 64 << 10, high: 256 << 10))
    }

    // MARK: Links

    /// An address with a code that has not been used.
    package func newLink() -> String {
        (try? core.eventLoop.submit { [core] in core.value.newLink() }.wait()) ?? ""
    }

    /// The file of the socket from which links come; nil where there can be none.
    private static func giveLinks(
        in folder: String, _ port: Int, _ group: MultiThreadedEventLoopGroup, _ core: NIOLoopBound<PageCore>
    ) -> String? {
        let path = folder + "/" + LinkPlace.file(port)
        // Of a page that was killed: we have its port now.
        unlink(path)
        let bootstrap = ServerBootstrap(group: group).serverChannelOption(.backlog, value: 16)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(LinkGiver(core.value))
                }
            }
        guard (try? bootstrap.bind(unixDomainSocketPath: path).wait()) != nil else { return nil }
        // Who may connect is told by the kernel; a folder of the user's own is closed to others besides.
        chmod(path, 0o666)
        return path
    }

    /// Whether `sidestep ui --link` finds it.
    package var givesLinks: Bool { linkFile != nil }

    // MARK: Its end

    /// Takes no more connections, and ends those that are there.
    package func close() {
        try? listener.close().wait()
        try? core.eventLoop.submit { [core] in
            core.value.close()
            core.value.calls.close()
        }.wait()
        if let linkFile { unlink(linkFile) }
        // The loop's thread ends with the process: NIO would end it by libdispatch (docs/decisions/0096).
    }
}
