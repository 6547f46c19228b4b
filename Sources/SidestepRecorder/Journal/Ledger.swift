import NIOCore
import Sidestep
import SidestepProtocol
import SidestepRecording

/// The run's recordings at the daemon: every call of the family `recording` that the recorder makes. Answers
/// come on the recorder's loop.
final class Ledger {
    private let journal: Journal
    private let loop: any EventLoop
    let run: String
    /// Tells this recorder from another of the same run.
    private let recorder = RandomText.make()
    /// Of the start that runs.
    var lease = ""
    /// What seals bodies; nil where they are kept as they are.
    var seal: BodySeal?
    /// Calls that are not answered, and who waits until none is.
    private var underWay = 0
    private var settled: (() -> Void)?

    init(_ journal: Journal, _ loop: any EventLoop, run: String) {
        (self.journal, self.loop, self.run) = (journal, loop, run)
    }

    typealias Outcome = Result<RawJSON, SidestepError>

    private func call(
        _ method: String, waitingFor passing: Set<SidestepError.Kind> = [],
        _ write: (inout JSONWriter) -> Void, then done: @escaping (Outcome) -> Void
    ) {
        underWay += 1
        let bound = NIOLoopBound((self, done), eventLoop: loop)
        journal.call(method, waitingFor: passing, .object(write)) { [loop] outcome in
            loop.execute {
                let (ledger, done) = bound.value
                done(outcome)
                ledger.underWay -= 1
                if ledger.underWay == 0 { ledger.settled.take()?() }
            }
        }
    }

    /// Takes the run up; answers the key by which requests are known again.
    func open(
        _ options: RecorderOptions, then done: @escaping (Result<[UInt8], SidestepError>) -> Void
    ) {
        call("recording.open") {
            $0.member("lease", lease)
            $0.member("recorder", recorder)
            $0.member("retain_ms", options.retain.map { Int($0 / .milliseconds(1)) })
            if options.forgetsOnSuccess { $0.member("forget_on_success", true) }
        } then: { outcome in
            done(outcome.map { $0["key"]?.string.flatMap(Base64.decode) ?? [] })
        }
    }

    /// All recordings in some states, page by page.
    func list(
        _ states: String..., each: @escaping (RawJSON) -> Void, then done: @escaping (SidestepError?) -> Void
    ) {
        list(states, after: 0, each: each, then: done)
    }

    private func list(
        _ states: [String], after: Int64, each: @escaping (RawJSON) -> Void,
        then done: @escaping (SidestepError?) -> Void
    ) {
        call("recording.list") {
            $0.member("run", run)
            $0.member("after", after)
            $0.member("states", states)
        } then: { [self] outcome in
            switch outcome {
            case .failure(let error): done(error)
            case .success(let page):
                page["recordings"]?.elements.forEach(each)
                guard let more = page.present("more")?.integer else { return done(nil) }
                list(states, after: more, each: each, then: done)
            }
        }
    }

    typealias Numbered = (Result<Int64, SidestepError>) -> Void

    /// Writes a call down before it is sent; answers its number.
    func begin(
        _ call: LiveCall, reserve: Reservation?, base: Int64?, keepsRequest: Bool,
        then done: @escaping Numbered
    ) {
        begin(call, then: done) { writer in
            if let reserve { write(reserve, &writer) }
            if keepsRequest { write(call, base, &writer) }
        }
    }

    /// Writes down what was read; answers its number.
    func begin(_ call: ReadCall, then done: @escaping Numbered) {
        begin(call, then: done) { writer in writer.object("reserve") { $0.member("calls", 0) } }
    }

    private func begin(
        _ call: any WrittenCall, then done: @escaping Numbered, _ more: (inout JSONWriter) -> Void
    ) {
        let request = call.request
        self.call("recording.begin") { writer in
            writer.member("lease", lease)
            writer.member("recorder", recorder)
            writer.member("call", call.fence)
            writer.member("upstream", request.upstream.name)
            writer.member("http_method", request.method)
            writer.member("path", request.pathWithoutSecrets)
            writer.member("keys", call.keys.texts)
            writer.member("sealed", seal?.label)
            let model = Reservation.model(of: call.recorded)
            if !model.isEmpty { writer.member("model", String(model.prefix(200))) }
            writer.member("stream", request.asksForStream(call.recorded.json))
            if !call.keys.toolReferences.isEmpty {
                writer.member("tool_refs", Array(call.keys.toolReferences.prefix(10_000)))
            }
            more(&writer)
        } then: { outcome in
            done(outcome.map { $0["recording"]?.integer ?? 0 })
        }
    }

    private func write(_ reserve: Reservation, _ writer: inout JSONWriter) {
        writer.object("reserve") { writer in
            writer.member("input_tokens", reserve.input)
            writer.member("output_tokens", reserve.output)
            writer.member("cost_micros", reserve.costMicros)
        }
    }

    private func write(_ call: LiveCall, _ base: Int64?, _ writer: inout JSONWriter) {
        writer.object("request") { writer in
            var (body, cuts) = (call.recorded.body, RequestPieces.cuts(of: call.recorded.json))
            if let seal = call.core.seal(of: call.keys) {
                (body, cuts) = seal.seal.seal(request: body, cuts: cuts, of: seal.call)
            }
            writer.body(body)
            if !cuts.isEmpty { writer.array("cuts") { writer in for cut in cuts { writer.value(cut) } } }
            writer.member("base", base)
        }
    }

    /// What a daemon that cannot write now says.
    private static let noSpace: Set<SidestepError.Kind> = [.storageFull, .storageError]
    private static let busy: Set<SidestepError.Kind> = [.overloaded]

    /// - Parameter waitsForSpace: whether it is not answered before it could be written.
    func complete(
        _ number: Int64, _ fence: String, _ record: CallRecord, waitsForSpace: Bool,
        then done: @escaping (SidestepError?) -> Void
    ) {
        let passing = waitsForSpace ? Self.busy.union(Self.noSpace) : Self.busy
        call("recording.complete", waitingFor: passing) { writer in
            name(number, fence, &writer)
            record.write(to: &writer)
        } then: { outcome in
            if case .failure(let error) = outcome { done(error) } else { done(nil) }
        }
    }

    func fail(
        _ number: Int64, _ fence: String, _ state: String, status: Int?, message: String, usage: CallUsage?,
        tries: Int
    ) {
        call("recording.fail", waitingFor: Self.busy.union(Self.noSpace)) { writer in
            name(number, fence, &writer)
            writer.member("state", state)
            writer.member("status", status)
            writer.member("message", message)
            if tries > 0 { writer.member("tries", tries) }
            usage?.write(to: &writer)
        } then: { _ in
        }
    }

    /// A call that was written down has not been sent.
    func withdraw(_ number: Int64, _ fence: String, message: String) {
        call("recording.fail", waitingFor: Self.busy.union(Self.noSpace)) { writer in
            name(number, fence, &writer)
            writer.member("state", "cancelled")
            writer.member("message", message)
            writer.member("usage_source", "none")
        } then: { _ in
        }
    }

    private func name(_ number: Int64, _ fence: String, _ writer: inout JSONWriter) {
        writer.member("run", run)
        writer.member("recording", number)
        writer.member("call", fence)
    }

    // MARK: Answers in the background

    /// In the run's state, by the number of their call: who takes the run up finds them there.
    private static let mark = "recorder:"

    func keep(_ reply: BackgroundReply) {
        setState(reply.recording) { writer in
            writer.object("value") { writer in
                writer.member("id", reply.id)
                writer.member("nonce", reply.nonce)
            }
        }
    }

    func forget(_ number: Int64) { setState(number) { _ in } }

    /// Without a value it is taken away. Where it cannot be written, an answer is paid for again.
    private func setState(_ number: Int64, _ value: (inout JSONWriter) -> Void) {
        call("state.set") { writer in
            writer.member("lease", lease)
            writer.member("name", Self.mark + "\(number)")
            value(&writer)
        } then: { _ in
        }
    }

    func keptReplies(then done: @escaping ([Int64: BackgroundReply]) -> Void) {
        call("state.list") {
            $0.member("run", run)
        } then: { outcome in
            var found: [Int64: BackgroundReply] = [:]
            let state = (try? outcome.get())?["state"]?.members ?? []
            for member in state where member.key.hasPrefix(Self.mark) {
                guard let number = Int64(member.key.dropFirst(Self.mark.count)),
                    let id = member.value["id"]?.string, let nonce = member.value["nonce"]?.string
                else { continue }
                found[number] = BackgroundReply(recording: number, id: id, nonce: nonce)
            }
            done(found)
        }
    }

    /// What came back of a recording.
    func get(_ number: Int64, withRequest: Bool = false, then done: @escaping (Outcome) -> Void) {
        call("recording.get") {
            $0.member("run", run)
            $0.member("recording", number)
            if withRequest { $0.member("request", true) }
        } then: {
            done($0)
        }
    }

    /// Called when every call is answered.
    func settle(then done: @escaping () -> Void) {
        if underWay == 0 { return done() }
        settled = done
    }

    func reroll(_ number: Int64, then done: @escaping (SidestepError?) -> Void) {
        call("recording.reroll") {
            $0.member("run", run)
            $0.member("recording", number)
        } then: { outcome in
            if case .failure(let error) = outcome { done(error) } else { done(nil) }
        }
    }
}
