import NIOCore
import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

/// All watches: begins them, feeds them in the order of the journal, ends them. Lives on the event loop.
///
/// No entry is missed and none comes twice. A look at the journal is bounded by the sequence that the writer
/// has given
/// before it; everything later is announced after it, in the order of the commits.
final class Watches {
    private let server: SocketServer
    private var bySession: [Int64: [Watch]] = [:]
    private var index = WatchIndex()
    private var lastNumber = 0

    init(server: SocketServer) { self.server = server }

    // MARK: Begin and end

    /// Begins a watch; the reply goes out before the first notification.
    func begin(_ request: WatchRequest, _ session: Session, _ settle: @escaping SocketServer.Settle) {
        guard (bySession[session.id]?.count ?? 0) < server.limits.watches else {
            return settle(
                .failure(
                    .overLimit(
                        .limitExceeded, "watches", server.limits.watches,
                        "This connection has too many watches.")))
        }
        if let refusal = server.shares.rule(for: session.peer).watch(own: session.share.watches) {
            return settle(.failure(server.refused(refusal, session.peer)))
        }
        let command = WatchRuns(run: request.filter.run)
        let begun = Current<Int64?>(nil)
        server.environment.watchBegins()
        server.submit(
            { store, context in
                begun.replace(try command.perform(store, &context))
                return .done([])
            }, session
        ) { outcome in
            switch outcome {
            case .failure(let error):
                self.server.environment.watchEnded()
                settle(.failure(error))
            case .success: self.install(request, at: begun.value ?? 0, session, settle)
            }
        }
    }

    private func install(
        _ request: WatchRequest, at now: Int64, _ session: Session, _ settle: @escaping SocketServer.Settle
    ) {
        lastNumber += 1
        let start = min(request.after ?? now, now)
        let watch = Watch(id: "w\(lastNumber)", filter: request.filter, session: session, cursor: start)
        settle(
            .success(
                result { writer in
                    writer.member("watch", watch.id)
                    writer.member("sequence", start)
                }))
        guard session.isOpen else { return server.environment.watchEnded() }
        bySession[session.id, default: []].append(watch)
        index.insert(watch)
        server.shares.watched(1, session.share)
        if start < now { catchUp(watch) }
    }

    func end(_ id: String, _ session: Session) -> Bool {
        guard let place = bySession[session.id]?.firstIndex(where: { $0.id == id }) else { return false }
        if let watch = bySession[session.id]?.remove(at: place) { ended(watch) }
        return true
    }

    func sessionClosed(_ session: Session) {
        for watch in bySession.removeValue(forKey: session.id) ?? [] { ended(watch) }
    }

    private func ended(_ watch: Watch) {
        index.remove(watch)
        server.shares.watched(-1, watch.session.share)
        server.environment.watchEnded()
    }

    private func isInstalled(_ watch: Watch, in session: Int64) -> Bool {
        bySession[session]?.contains { $0 === watch } ?? false
    }

    // MARK: Live

    func announce(_ announcements: [Announcement]) {
        if index.isEmpty { return }
        for announcement in announcements {
            var told = 0
            index.forEach(about: announcement.run) { watch in
                announce(announcement, to: watch)
                told += 1
            }
            // Who has many told of what he does has less done.
            if told > 8 { server.turns.spend(told / 8, server.shares.share(of: announcement.run.userID)) }
        }
    }

    private func announce(_ announcement: Announcement, to watch: Watch) {
        guard announcement.entry.sequence > watch.cursor, watch.filter.admits(announcement) else { return }
        switch watch.state {
        case .behind: return
        case .reading(var kept):
            kept.keep(announcement, limit: server.limits.watchBytes)
            watch.state = .reading(kept)
        case .live:
            guard watch.session.queuedBytes <= server.limits.watchBytes else { return fallBehind(watch) }
            watch.session.send(Watch.line(watch.id, announcement))
            watch.cursor = announcement.entry.sequence
        }
    }

    private func fallBehind(_ watch: Watch) {
        watch.state = .behind
        watch.underWay = nil
        watch.session.send(Watch.lagging(watch.id, watch.cursor))
    }

    /// The connection has sent most of what it had: watches that fell behind go on.
    func drained(_ session: Session) {
        for watch in bySession[session.id] ?? [] {
            if case .behind = watch.state { catchUp(watch) }
        }
    }

    // MARK: Catching up

    /// Reads on behind the cursor, up to where all is settled by now.
    private func catchUp(_ watch: Watch) {
        watch.state = .reading(.init())
        let (filter, cursor, maxBytes, id) = (watch.filter, watch.cursor, server.limits.watchBytes, watch.id)
        let underWay = watch.underWay
        let look = Current(Look(end: cursor, upTo: cursor, lines: []))
        let session = watch.session
        server.submit(
            { store, _ in
                let end = try store.settledSequence()
                return .reading { store in
                    let found = try CatchUp(
                        filter: filter, after: cursor, end: end, maxBytes: maxBytes, underWay: underWay
                    ).answer(store)
                    look.replace(
                        Look(
                            end: end, upTo: found.upTo, underWay: found.underWay,
                            lines: found.entries.map { Watch.line(id, $0) }))
                    return []
                }
            }, session
        ) { [weak self] outcome in
            guard let self, self.isInstalled(watch, in: session.id) else { return }
            switch outcome {
            case .success: self.caughtUp(watch, look.value)
            case .failure: self.tryAgain(watch, session)
            }
        }
    }

    private struct Look: Sendable {
        /// Up to where all was settled.
        var end: Int64
        /// How far was looked.
        var upTo: Int64
        var underWay: Set<Int64>?
        var lines: [[UInt8]]
    }

    private func caughtUp(_ watch: Watch, _ look: Look) {
        if !look.lines.isEmpty { watch.session.send(Array(look.lines.joined())) }
        watch.cursor = look.upTo
        watch.underWay = look.underWay
        guard case .reading(let kept) = watch.state else { return }
        let isWhole = look.upTo >= look.end && !kept.isIncomplete
        if watch.session.queuedBytes > server.limits.watchBytes { return fallBehind(watch) }
        guard isWhole else { return catchUp(watch) }
        watch.state = .live
        watch.underWay = nil
        for announcement in kept.announcements { announce(announcement, to: watch) }
    }

    /// A look that failed, on a broken disk for example, is made again a little later.
    private func tryAgain(_ watch: Watch, _ session: Session) {
        server.loop.assumeIsolated().scheduleTask(in: .milliseconds(500)) { [weak self] in
            guard let self, self.isInstalled(watch, in: session.id) else { return }
            self.catchUp(watch)
        }
    }
}
