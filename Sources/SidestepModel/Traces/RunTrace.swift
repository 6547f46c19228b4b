/// The trace of a run and the names of its spans: they follow from the run and what the spans are of, so that whoever
/// tells of a span again, after a crash, tells of the same one.
public struct RunTrace: Sendable, Equatable {
    /// The run's own span, which the spans of its steps are below.
    public let context: TraceContext
    /// The span that the run is below; nil when the trace begins with it.
    public let parent: String?

    /// - Parameters:
    ///   - uid: what is unique for the run's generation.
    ///   - traceparent: what whoever began the run gave; nil begins a trace.
    public init(uid: String, traceparent: String?) {
        let given = traceparent.flatMap(TraceContext.init)
        let own = Self.name("trace/\(uid)/1") + Self.name("trace/\(uid)/2")
        context = TraceContext(
            trace: given?.trace ?? own, span: Self.name("run/\(uid)"), isSampled: given?.isSampled ?? true)
        parent = given?.span
    }

    /// An attempt of a step.
    public func attempt(_ attempt: Int64, of step: String) -> TraceContext {
        context.attempt(attempt, of: step)
    }

    /// A call that a recorder wrote down, by its number in the run.
    public func recording(_ number: Int64) -> TraceContext { context.below("recording/\(number)") }

    /// 64 bits of a text as 16 hexadecimal digits: FNV-1a, mixed as MurmurHash3 does at its end, so that texts which
    /// differ at their ends alone are far apart. Small enough for every client; nobody is kept from anything by it.
    ///
    /// Sources: <https://datatracker.ietf.org/doc/html/rfc9923>; <https://github.com/aappleby/smhasher>, `fmix64`.
    fileprivate static func name(_ text: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ hash >> 33) &* 0xff51_afd7_ed55_8ccd
        hash = (hash ^ hash >> 33) &* 0xc4ce_b9fe_1a85_ec53
        hash ^= hash >> 33
        let digits = String(hash == 0 ? 1 : hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension TraceContext {
    /// An attempt of a step of the run whose own span this is.
    public func attempt(_ attempt: Int64, of step: String) -> TraceContext {
        below("step/\(attempt)/\(step)")
    }

    fileprivate func below(_ what: String) -> TraceContext {
        TraceContext(trace: trace, span: RunTrace.name("\(span)/\(what)"), isSampled: isSampled)
    }
}

extension RunRecord {
    /// Its trace.
    public var trace: RunTrace { RunTrace(uid: uid, traceparent: traceparent) }
}
