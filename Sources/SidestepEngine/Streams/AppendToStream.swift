import SidestepModel
import SidestepProtocol
import SidestepStore

/// Adds items to a stream of a run, opening it if need be.
///
/// With `from` the call may be sent again: items that are there already are compared, not added.
public struct AppendToStream: Command {
    /// Proof of the lease; not enough once the run is asked to end.
    public let proof: LeaseProof
    /// The stream's name, unique in the run.
    public let stream: String
    /// A JSON array.
    public let items: Payload
    /// The index that the first item is to have, from 0; nil adds at the end, whatever is there.
    public let from: Int64?

    /// A call of `stream.append`.
    public init(proof: LeaseProof, stream: String, items: Payload, from: Int64?) {
        self.proof = proof
        self.stream = stream
        self.items = items
        self.from = from
    }

    /// Answers with the index that the next item gets. Throws `invalid_argument` for a gap, other items than those
    /// there, or a closed stream.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Int64 {
        let run = try store.heldRun(proof, &call)
        let stream = try store.openStream(stream, of: run, call)
        let all = RawJSON(validated: items).elements
        let from = from ?? stream.next
        guard from <= stream.next else {
            throw refused("the stream has \(stream.next) items, and these begin at \(from)", run, stream)
        }
        let known = min(stream.next - from, Int64(all.count))
        if known > 0 { try compare(all.prefix(Int(known)), from: from, stream, run, store) }
        let new = all.dropFirst(Int(known))
        if new.isEmpty { return max(stream.next, from) }
        if stream.closed != nil {
            throw Failure(
                .invalidArgument, "the stream '\(stream.name)' is closed", run: run.id,
                hint: "Open another one: a closed stream gets no further items.")
        }
        let chunk = StreamChunk(
            start: stream.next, count: Int64(new.count), items: known == 0 ? items : array(new).bytes)
        try store.appendChunk(chunk, to: stream, epoch: run.epoch)
        call.after(.changed(.stream(run.key, stream.name)))
        return stream.next + Int64(new.count)
    }

    /// Whether what is sent again is what was sent before.
    private func compare(
        _ sent: ArraySlice<RawJSON>, from: Int64, _ stream: StreamRecord, _ run: RunRecord,
        _ store: any StoreTransaction
    ) throws {
        // Nothing is left to compare with; what was acknowledged once is acknowledged again.
        if stream.isCompacted { return }
        let stored = try store.streamItems(stream, from: from, limit: Int64(sent.count), maxBytes: .max)
        guard zip(stored, sent).allSatisfy({ isSame($0.bytes, $1.bytes) }) else {
            throw refused("the stream has other items at \(from)", run, stream)
        }
    }

    private func refused(_ message: String, _ run: RunRecord, _ stream: StreamRecord) -> Failure {
        Failure(
            .invalidArgument, message, run: run.id,
            hint:
                "Go on at \(stream.next): `stream.read` has what is there; without `from` items are added at the end."
        )
    }

    private func array(_ elements: ArraySlice<RawJSON>) -> RawJSON {
        .build { writer in
            writer.beginArray()
            for element in elements { writer.raw(element) }
            writer.endArray()
        }
    }
}

extension StoreTransaction {
    func openStream(_ name: String, of run: RunRecord, _ call: CallContext) throws -> StreamRecord {
        if let known = try stream(run: run.key, name: name) { return known }
        let opened = try insertStream(run: run.key, name: name, at: call.now, epoch: run.epoch)
        try append(
            run: run.key, at: call.now, kind: .streamOpened, detail: detail { $0.member("stream", name) })
        return opened
    }
}

/// Ends a stream: no item follows, and readers are told so.
public struct CloseStream: Command {
    /// Proof of the lease; not enough once the run is asked to end.
    public let proof: LeaseProof
    /// The stream's name; one that was never opened is, with no items.
    public let stream: String
    /// What the stream came to, JSON as it came; nil when there is nothing to say.
    public let final: Payload?
    /// Whether the items are dropped in favour of `final`.
    public let isCompacting: Bool

    /// A call of `stream.close`.
    public init(proof: LeaseProof, stream: String, final: Payload?, isCompacting: Bool) {
        self.proof = proof
        self.stream = stream
        self.final = final
        self.isCompacting = isCompacting
    }

    /// Answers with the number of items; the same final value again is acknowledged, another is `invalid_argument`.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Int64 {
        let run = try store.heldRun(proof, &call)
        var stream = try store.openStream(stream, of: run, call)
        if stream.closed != nil {
            guard isSame(stream.final, final) else {
                throw Failure(
                    .invalidArgument, "the stream '\(stream.name)' was closed with another final value",
                    run: run.id,
                    hint: "`stream.read` has it; a stream is closed for good.")
            }
            return stream.next
        }
        stream.closed = call.now
        stream.final = final
        stream.isCompacted = isCompacting
        try store.closeStream(stream, epoch: run.epoch)
        // Readers see none of the items any more; many take their time to go.
        if isCompacting { try store.leave(.stream, stream.key, &call) }
        try store.append(
            run: run.key, at: call.now, kind: .streamClosed,
            detail: detail { writer in
                writer.member("stream", stream.name)
                writer.member("items", stream.next)
                writer.member("compacted", isCompacting)
            })
        call.after(.changed(.stream(run.key, stream.name)))
        return stream.next
    }
}
