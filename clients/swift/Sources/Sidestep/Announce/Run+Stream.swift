import SidestepProtocol
import Synchronization

/// A growing list of values that a run shows while it works; one process writes it, anybody follows it.
public final class StreamWriter: Sendable {
    /// The name of the stream.
    public let name: String
    private let run: Run
    private struct State {
        var count: Int
        /// The append that is under way, or was last.
        var last: Task<Void, any Error>?
        var isClosedHere = false
    }
    private let state: Mutex<State>

    init(_ name: String, run: Run, next: Int) {
        self.name = name
        self.run = run
        state = Mutex(State(count: next))
    }

    /// How many items the daemon has recorded of those that were there and those added here.
    public var count: Int { state.withLock { $0.count } }

    /// Adds items, in one call and one commit.
    ///
    /// Of several tasks one adds after the other, in the order in which they asked.
    /// An append that has begun is finished even if its task is cancelled.
    public func append<Item: Encodable & Sendable>(_ items: [Item]) async throws {
        let items = try items.map { try run.client.payloads.encode($0) }
        let append = state.withLock { state in
            let before = state.last
            let append = Task {
                _ = await before?.result
                try await self.send(items)
            }
            state.last = append
            return append
        }
        try await append.value
    }

    /// Sends the items with the index of their first one: the daemon adds nothing twice that is sent again.
    private func send(_ items: [RawJSON]) async throws {
        let from = count
        do {
            try await run.call("stream.append") { writer in
                writer.member("stream", name)
                writer.array("items") { writer in for item in items { writer.raw(item) } }
                writer.member("from", from)
            }
        } catch let error as SidestepError where error.kind == .invalidArgument {
            // An earlier execution closed it: it had all of its items then.
            guard try await wasClosedBefore() else { throw error }
            return
        }
        state.withLock { $0.count += items.count }
    }

    /// Whether the stream is closed, and not by this process.
    private func wasClosedBefore() async throws -> Bool {
        if state.withLock({ $0.isClosedHere }) { return false }
        let end = try await run.client.call("stream.read") { writer in
            writer.member("run", run.id)
            writer.member("stream", name)
            writer.member("from", StreamEnd.beyond)
        }
        return end["closed"]?.bool == true
    }

    /// Adds an item.
    public func append(_ item: some Encodable & Sendable) async throws { try await append([item]) }

    /// Ends the stream; its readers are told so.
    ///
    /// - Parameters:
    ///   - final: what the stream came to.
    ///   - compact: drop the items; readers get `final` alone.
    public func close(final: (any Encodable & Sendable)? = nil, compact: Bool = false) async throws {
        let final = try final.map { try run.client.payloads.encode($0) }
        try await run.call("stream.close") { writer in
            writer.member("stream", name)
            writer.member("final", final)
            if compact { writer.member("compact", true) }
        }
        state.withLock { $0.isClosedHere = true }
    }
}

/// Asking for the end of a stream.
private enum StreamEnd {
    /// An index that no stream reaches: the largest whole number that every reader of JSON keeps.
    static let beyond = 9_007_199_254_740_991
}

extension Run {
    /// Opens a stream of the run, or comes back to it: what was written before stays, and items follow it.
    ///
    /// One that an earlier execution closed takes nothing more, and a replay that writes to it again changes nothing.
    public func stream(_ name: String) async throws -> StreamWriter {
        let result = try await call("stream.append") { writer in
            writer.member("stream", name)
            writer.array("items") { _ in }
        }
        return StreamWriter(name, run: self, next: result["next"]?.int ?? 0)
    }
}

/// The items of a stream, those that are there and those to come, until it is closed.
///
///     for try await token in sidestep.stream("answer", of: "chat-1", as: String.self) { print(token.value) }
public struct StreamReader<Value: Decodable & Sendable>: AsyncSequence, Sendable {
    /// One item with its index: go on behind it with `from: index + 1`.
    public struct Element: Sendable {
        /// Its place in the stream, from 0.
        public let index: Int
        /// What was appended.
        public let value: Value
    }

    let client: SidestepClient
    let run: String
    let stream: String
    let from: Int

    /// How long one call waits for an item. The daemon answers earlier when there is one.
    static var wait: Duration { .seconds(30) }

    /// Begins to read, at the index that the reader was made with.
    public func makeAsyncIterator() -> Iterator { Iterator(reader: self, next: from) }

    /// One walk over the stream.
    public struct Iterator: AsyncIteratorProtocol {
        let reader: StreamReader
        var next: Int
        private var items: ArraySlice<RawJSON> = []
        private var isClosed = false

        init(reader: StreamReader, next: Int) {
            self.reader = reader
            self.next = next
        }

        /// Waits for the next item; nil when the stream is closed and all was read.
        public mutating func next() async throws -> Element? {
            while items.isEmpty {
                if isClosed { return nil }
                try await read()
            }
            defer { next += 1 }
            return Element(
                index: next, value: try reader.client.payloads.decode(Value.self, from: items.removeFirst()))
        }

        private mutating func read() async throws {
            let from = next
            let result = try await reader.client.call("stream.read") { [reader] writer in
                writer.member("run", reader.run)
                writer.member("stream", reader.stream)
                writer.member("from", from)
                writer.member("wait_ms", StreamReader.wait.milliseconds)
            }
            items = (result["items"]?.elements ?? [])[...]
            next = result["from"]?.int ?? next
            isClosed = result["closed"]?.bool ?? false
        }
    }
}

extension SidestepClient {
    /// Follows a stream of a run from an index on.
    public func stream<Value: Decodable & Sendable>(
        _ name: String, of run: String, from: Int = 0, as type: Value.Type = Value.self
    ) -> StreamReader<Value> {
        StreamReader(client: self, run: run, stream: name, from: from)
    }

    /// What a closed stream came to; nil while it is open, or when it was closed without a value.
    public func finalValue<Value: Decodable>(
        of stream: String, of run: String, as type: Value.Type = Value.self
    ) async throws -> Value? {
        // The end is asked for, not the items: there are never so many.
        let result = try await call("stream.read") { writer in
            writer.member("run", run)
            writer.member("stream", stream)
            writer.member("from", StreamEnd.beyond)
        }
        return try result.present("final").map { try payloads.decode(type, from: $0) }
    }
}
