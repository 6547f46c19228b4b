import NIOCore
import NIOHTTP1
import SidestepProtocol

/// All event streams: one watch feeds those that keep up, and who comes back with an old sequence has one of his own
/// until he does.
final class EventHub {
    private let loop: any EventLoop
    private let finder: DaemonPath
    private var streams: [ObjectIdentifier: EventStream] = [:]
    private var feed: Feed?
    /// Nil until the watch stands.
    private var buffer: EventBuffer?
    private var isGone = false
    private var rest: Scheduled<Void>?

    /// For how long the watch goes on when nobody is there.
    private static let patience: TimeAmount = .seconds(30)

    init(_ loop: any EventLoop, _ finder: DaemonPath) { (self.loop, self.finder) = (loop, finder) }

    func open(_ connection: BrowserConnection, _ head: HTTPRequestHead) {
        let start = EventText.start(
            lastSeen: head.headers.first(name: "last-event-id"), asked: Query.value("after", in: head.uri))
        switch start {
        case .failure(let refusal): connection.answer(.refusal(refusal))
        case .success where head.method == .HEAD:
            connection.answer(Reply(200, [("content-type", "text/event-stream")]))
        case .success(let after): open(connection, after)
        }
    }

    private func open(_ connection: BrowserConnection, _ after: Int64?) {
        let stream = EventStream(connection, after: after)
        let id = ObjectIdentifier(stream)
        streams[id] = stream
        connection.whenGone = { [unowned self] in left(id) }
        connection.whenWritable = { [unowned self] in if let stream = streams[id] { pump(stream) } }
        rest?.cancel()
        if feed == nil { begin() }
        stream.tell(isGone: isGone)
        place(stream)
    }

    func close() {
        feed?.stop()
        for stream in streams.values { stream.ownFeed?.stop() }
    }

    private func left(_ id: ObjectIdentifier) {
        streams.removeValue(forKey: id)?.ownFeed?.stop()
        guard streams.isEmpty else { return }
        let bound = NIOLoopBound(self, eventLoop: loop)
        rest = loop.scheduleTask(in: Self.patience) { bound.value.end() }
    }

    private func end() {
        feed?.stop()
        (feed, buffer, isGone) = (nil, nil, false)
    }

    // MARK: The watch of all

    private func begin() {
        feed = follow(after: nil) { hub, feed, news in
            guard feed === hub.feed else { return }
            hub.take(news)
            feed.goOn()
        }
        // Without a thread there is no news; the browser comes again.
        if feed == nil { for stream in streams.values { stream.close() } }
    }

    /// Has news brought to the loop.
    private func follow(
        after: Int64?, _ take: @escaping (EventHub, Feed, Feed.News) -> Void
    ) -> Feed? {
        let bound = NIOLoopBound((self, take, Box()), eventLoop: loop)
        let feed = try? Feed(finder, after: after) { [loop] news in
            loop.execute {
                let (hub, take, box) = bound.value
                if let feed = box.feed { take(hub, feed, news) }
            }
        }
        bound.value.2.feed = feed
        return feed
    }

    private final class Box { weak var feed: Feed? }

    private func take(_ news: Feed.News) {
        switch news {
        case .begins(let start): watchStands(behind: start)
        case .entries(let entries):
            buffer?.add(entries)
            for stream in Array(streams.values) { pump(stream) }
        case .gone: tell(isGone: true)
        }
    }

    private func watchStands(behind start: Int64) {
        // After a pause it goes on where it was; a database of which that is not known begins anew.
        if buffer?.last != start {
            let isAnother = (buffer?.last ?? start) > start
            buffer = EventBuffer(from: start)
            if isAnother { for stream in streams.values where stream.ownFeed == nil { stream.begin(start) } }
        }
        tell(isGone: false)
        for stream in Array(streams.values) { place(stream) }
    }

    private func tell(isGone: Bool) {
        self.isGone = isGone
        for stream in streams.values { stream.tell(isGone: isGone) }
    }

    /// Says how far a backup or vacuum is.
    func tell(_ progress: RawJSON) { for stream in streams.values { stream.tell(progress) } }

    // MARK: One stream

    /// Begins it, if it is to begin now, and gives it a watch of its own if the common one cannot help it.
    private func place(_ stream: EventStream) {
        guard let buffer, stream.ownFeed == nil else { return }
        guard let position = stream.position else { return stream.begin(buffer.last) }
        if position > buffer.last { return stream.begin(buffer.last) }
        if buffer.covers(position) { return stream.pump(from: buffer) }
        catchUp(stream, after: position)
    }

    private func pump(_ stream: EventStream) {
        guard stream.ownFeed != nil else { return place(stream) }
        if stream.pumpOwn() { goOn(stream) }
    }

    private func catchUp(_ stream: EventStream, after position: Int64) {
        let id = ObjectIdentifier(stream)
        stream.ownFeed = follow(after: position) { hub, feed, news in
            guard let stream = hub.streams[id], stream.ownFeed === feed else { return feed.stop() }
            switch news {
            case .begins(let start): if start < position, stream.position == position { stream.begin(start) }
            case .entries(let entries):
                stream.take(entries)
                hub.pump(stream)
            case .gone: break
            }
        }
        if stream.ownFeed == nil { stream.close() }
    }

    /// All that its watch has brought is written: it is with the others again, or more may come.
    private func goOn(_ stream: EventStream) {
        guard let position = stream.position, buffer?.covers(position) == true else {
            stream.ownFeed?.goOn()
            return
        }
        stream.ownFeed?.stop()
        stream.ownFeed = nil
        place(stream)
    }
}
