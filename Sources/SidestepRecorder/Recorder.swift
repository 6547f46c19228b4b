import NIOCore
import NIOHTTP1
import NIOPosix
import Sidestep

/// An endpoint on loopback that a supervised program's calls to providers go through, for as long as its run is
/// supervised.
package final class Recorder: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let core: NIOLoopBound<RecorderCore>
    private let options: RecorderOptions
    private let run: String
    private let port: Int
    private let journal: Journal

    /// Listens on 127.0.0.1, at a port that the kernel picks, and on a Unix socket where one is named.
    ///
    /// - Throws: when the system gives no socket or no thread; `SocketFile.Problem` when the Unix socket cannot be
    ///   made.
    package init(run: String, socket: String, _ options: RecorderOptions) throws {
        (self.run, self.options) = (run, options)
        journal = try Journal(socket: socket)
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.any()
        let core = try loop.submit { [journal] in
            NIOLoopBound(RecorderCore(loop, options, Ledger(journal, loop, run: run)), eventLoop: loop)
        }.wait()
        let channel = try Self.bootstrap(group, core, by: .port).bind(host: "127.0.0.1", port: 0).wait()
        guard let port = channel.localAddress?.port else { throw ChannelError.unknownLocalAddress }
        if let file = options.socket { try Self.listen(at: file, group, core) }
        try loop.submit { core.value.listens(at: port) }.wait()
        (self.core, self.port) = (core, port)
    }

    private static func listen(
        at file: SocketFile, _ group: MultiThreadedEventLoopGroup, _ core: NIOLoopBound<RecorderCore>
    ) throws(SocketFile.Problem) {
        try file.clear()
        do {
            _ = try bootstrap(group, core, by: .socket).bind(unixDomainSocketPath: file.path).wait()
        } catch {
            throw SocketFile.Problem(message: "nobody can listen at \(file.path): \(error)")
        }
        file.protect()
    }

    private static func bootstrap(
        _ group: MultiThreadedEventLoopGroup, _ core: NIOLoopBound<RecorderCore>, by entrance: Door.Entrance
    ) -> ServerBootstrap {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    let meter = HeadMeter()
                    try pipeline.addHandler(meter)
                    try pipeline.configureHTTPServerPipeline(
                        withPipeliningAssistance: false,
                        withServerUpgrade: (
                            upgraders: [SocketUpgrade(core, by: entrance)], completionHandler: { _ in }
                        ), withErrorHandling: true)
                    try pipeline.addHandler(AgentConnection(core.value, meter, by: entrance))
                }
            }
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 64 << 10, high: 256 << 10))
        return entrance == .port
            ? bootstrap.childChannelOption(.tcpOption(.tcp_nodelay), value: 1) : bootstrap
    }

    /// The program is about to start: its environment leads its calls here, and what an earlier start was
    /// given is of no use any more.
    package func begin(in variables: inout [String: String], lease: String) throws {
        let token = EpochToken()
        try wait { core, done in core.begin(token, lease: lease, then: done) }
        ChildEnvironment(options: options, port: port, token: token, run: run).add(to: &variables)
    }

    /// The program has ended. Its calls go on for its next start.
    package func end() throws { try core.eventLoop.submit { [core] in core.value.end() }.wait() }

    /// The program ended badly and is to be started again; after the same answers again and again, those are
    /// drawn again.
    ///
    /// - Parameter progressed: whether anything was completed besides calls.
    /// - Returns: the recordings that the next start is not given.
    package func escape(progressed: Bool) throws -> [Int64] {
        try wait { core, done in core.escape(progressed: progressed, then: done) }
        return try core.eventLoop.submit { [core] in core.value.report.rerolled }.wait()
    }

    /// How many calls are under way.
    package var underWay: Int { (try? core.eventLoop.submit { [core] in core.value.live.count }.wait()) ?? 0 }

    /// Ends the endpoint; answers what it has done.
    ///
    /// - Parameter finishing: whether calls that are under way are read to their ends, as long as they may go on
    ///   without a program.
    package func close(finishing: Bool = false) throws -> RecorderReport {
        try wait { core, done in core.close(finishing: finishing, then: done) }
        let report = try core.eventLoop.submit { [core] in core.value.report }.wait()
        options.socket?.remove()
        journal.close()
        // The loop's thread ends with the process: NIO would end it by libdispatch (docs/decisions/0096).
        return report
    }

    private func wait(
        for work: @escaping @Sendable (RecorderCore, @escaping (SidestepError?) -> Void) -> Void
    ) throws {
        let promise = core.eventLoop.makePromise(of: Void.self)
        core.eventLoop.execute { [core] in
            work(core.value) { error in if let error { promise.fail(error) } else { promise.succeed() } }
        }
        try promise.futureResult.wait()
    }
}
