import SidestepModel
import SidestepStore

/// A request cut into pieces, each of which stands once: what it has in common with an earlier one, from its
/// beginning, is not even listed again.
struct RequestPieces {
    /// Where the whole is.
    var body: RequestBody
    /// The keys of the pieces behind those that it shares.
    var own: [Int64]

    /// Keeps what is new of the bytes.
    init(
        _ whole: BeginRecording.Body, of run: RunRecord, _ store: any StoreTransaction, _ keeper: BodyKeeper
    ) throws {
        let all = try Self.ranges(whole).map { try keeper.keep(Array(whole.bytes[$0])) }
        self.init(all, bytes: Int64(whole.bytes.count))
        guard let number = whole.base else { return }
        guard let base = try store.recording(of: run, number: number) else {
            throw Failure.noRecording(number, run)
        }
        try share(with: base, store)
    }

    /// A request of pieces that are kept, all of them its own.
    init(_ blocks: [Int64], bytes: Int64) {
        body = RequestBody(bytes: bytes)
        own = blocks
    }

    /// Leaves out what it has in common with an earlier one.
    mutating func share(with base: RecordingRecord, _ store: any StoreTransaction) throws {
        guard let above = base.body, above.depth < RequestBody.depthLimit else { return }
        let shared = zip(own, try store.requestPieces(of: base)).prefix { $0 == $1 }.count
        if shared == 0 { return }
        body.base = base.key
        body.shared = Int64(shared)
        body.depth = above.depth + 1
        own = Array(own.dropFirst(shared))
    }

    /// The pieces that ascending offsets cut.
    private static func ranges(_ whole: BeginRecording.Body) throws -> [Range<Int>] {
        var (start, found): (Int, [Range<Int>]) = (0, [])
        for cut in whole.cuts + [Int64(whole.bytes.count)] {
            guard let cut = Int(exactly: cut), cut >= start, cut <= whole.bytes.count else {
                throw Failure(
                    .invalidArgument, "`cuts` are no ascending offsets in the request",
                    hint: "Send where its pieces begin, in bytes from its first one.")
            }
            if cut > start { found.append(start..<cut) }
            start = cut
        }
        return found
    }
}
