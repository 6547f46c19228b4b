import SidestepProtocol

/// Reads what `recording.get` answers, encrypted or not.
public struct KeptBodies: Sendable {
    private let key: RecordingKey?

    /// - Parameter key: nil where there is none; then what is encrypted is an error.
    public init(_ key: RecordingKey?) { self.key = key }

    /// An answer and the parts in which it came; nil where nothing is kept.
    public func answer(_ found: RawJSON) throws(SealProblem) -> (body: [UInt8], parts: ReplyParts)? {
        guard let kept = found["response"], kept.kind == .object else { return nil }
        let bytes = Self.bytes(kept)
        guard let seal = try seal(found) else { return (bytes, ReplyParts(kept: kept)) }
        return try seal.open(answer: bytes, of: Self.call(found))
    }

    /// A request; nil where it is not kept.
    public func request(_ found: RawJSON) throws(SealProblem) -> [UInt8]? {
        guard let kept = found["request"], kept.kind == .object else { return nil }
        let bytes = Self.bytes(kept)
        return try seal(found)?.open(request: bytes, of: Self.call(found)) ?? bytes
    }

    /// The same with its bodies as they were before they were encrypted.
    public func opened(_ found: RawJSON) throws(SealProblem) -> RawJSON {
        let (answer, request) = (try answer(found), try request(found))
        return .build { writer in
            writer.beginObject()
            writer.member("recording", found["recording"])
            if let answer, let kept = found["response"] {
                writer.object("response") { writer in
                    for name in ["status", "headers", "content_type"] { writer.member(name, kept[name]) }
                    writer.body(answer.body)
                    answer.parts.write(to: &writer)
                }
            }
            if let request { writer.object("request") { $0.body(request) } }
            writer.endObject()
        }
    }

    /// An answer that somebody gives a recorded call, as it is to be kept.
    ///
    /// - Parameter found: what `recording.get` answers of the call.
    public func sealed(answer: [UInt8], for found: RawJSON) throws(SealProblem) -> [UInt8] {
        try seal(found)?.seal(answer: answer, in: ReplyParts(splits: [], pauses: []), of: Self.call(found))
            ?? answer
    }

    private func seal(_ found: RawJSON) throws(SealProblem) -> BodySeal? {
        guard let label = found["recording"]?["sealed"]?.string else { return nil }
        return try BodySeal(key, label: label)
    }

    /// The exact key of a call.
    private static func call(_ found: RawJSON) -> String {
        found["recording"]?["keys"]?.elements.first?.string ?? ""
    }

    private static func bytes(_ kept: RawJSON) -> [UInt8] {
        if let text = kept["text"]?.string { return Array(text.utf8) }
        return kept["base64"]?.string.flatMap(Base64.decode) ?? []
    }
}

extension ReplyParts {
    /// As they were kept beside an answer, or in it.
    public init(kept: RawJSON) {
        self.init(splits: Self.integers(kept["splits"]), pauses: Self.integers(kept["pauses"]))
    }

    /// Writes what there is of them.
    public func write(to writer: inout JSONWriter) {
        for (name, numbers) in [("splits", splits), ("pauses", pauses)] where !numbers.isEmpty {
            writer.array(name) { writer in for number in numbers { writer.value(number) } }
        }
    }

    private static func integers(_ list: RawJSON?) -> [Int] {
        list?.elements.compactMap { $0.integer.flatMap(Int.init(exactly:)) } ?? []
    }
}
