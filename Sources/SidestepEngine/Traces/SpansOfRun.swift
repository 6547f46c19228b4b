import SidestepModel
import SidestepProtocol
import SidestepStore

/// How a run becomes spans: the run is one, and below it each attempt of a step and each recorded call.
///
/// What a step or a call was given and what it gave is never among it: names, times, ends, errors and amounts are.
struct SpansOfRun {
    let run: RunRecord
    let trace: RunTrace

    init(_ run: RunRecord) {
        self.run = run
        trace = run.trace
    }

    /// Details of more bytes tell a span nothing.
    static let detailBytes = 16 << 10
    /// Characters of an error's message that are told.
    static let messageCharacters = 1000
    /// Events of one span: what collectors take, <https://opentelemetry.io/docs/specs/otel/trace/sdk/#span-limits>.
    static let events = 128

    /// The span of what ended; nil when the entry tells of no end.
    ///
    /// - Parameter recording: the recorded call that the entry is about.
    func span(of end: TracedEnd, recording: RecordingRecord? = nil) -> Span? {
        guard let kind = JournalKind(rawValue: end.kind), let status = Self.status(kind) else { return nil }
        if let step = end.step { return attempt(end, of: step, kind, status) }
        return recording.map { call($0, end, kind) }
    }

    /// The number of the recorded call that an entry is about.
    static func recording(of end: TracedEnd) -> Int64? {
        end.step == nil ? end.detail.flatMap { RawJSON(validated: $0)["recording"]?.integer } : nil
    }

    // MARK: What ended

    /// The word for how an attempt ended; nil of what is no end of one.
    private static func status(_ kind: JournalKind) -> String? {
        switch kind {
        case .stepCompleted, .recordingCompleted: "completed"
        case .stepAttemptFailed, .stepFailed, .recordingFailed: "failed"
        case .stepTimedOut: "timed_out"
        case .stepInterrupted: "interrupted"
        case .stepUnknown: "unknown"
        default: nil
        }
    }

    private func attempt(_ end: TracedEnd, of step: String, _ kind: JournalKind, _ status: String) -> Span {
        let attempt = end.attempt ?? 1
        var span = Span(
            trace.attempt(attempt, of: step), below: trace.context.span, step, from: end.begun ?? end.at,
            to: end.at)
        about(&span)
        span.set("sidestep.step", step)
        span.set("sidestep.step.attempt", attempt)
        span.set("sidestep.step.status", status)
        add(end.usage.map(RawJSON.init(validated:)), model: nil, to: &span)
        if kind != .stepCompleted { fail(&span, end.detail, orElse: status) }
        // What follows an attempt that is not the last one, and no interruption either.
        if kind == .stepAttemptFailed || kind == .stepTimedOut {
            span.events.append(Span.Event(at: end.at, name: "backoff", attributes: []))
        }
        return span
    }

    private func call(_ recording: RecordingRecord, _ end: TracedEnd, _ kind: JournalKind) -> Span {
        let request = recording.request
        let name =
            request.model.map { "\(request.httpMethod) \($0)" } ?? "\(request.httpMethod) \(request.upstream)"
        var span = Span(
            trace.recording(recording.number), below: trace.context.span, name, from: recording.started,
            to: end.at)
        about(&span)
        span.set("sidestep.recording", recording.number)
        span.set("http.request.method", request.httpMethod)
        span.set("server.address", request.upstream)
        span.set("url.path", request.path)
        add(recording.usage.map(RawJSON.init(validated:)), model: request.model, to: &span)
        if kind != .recordingCompleted { fail(&span, nil, orElse: recording.state.rawValue) }
        return span
    }

    private func about(_ span: inout Span) {
        span.set("sidestep.run", run.id)
        span.set("sidestep.workflow", run.workflow)
    }

    /// Amounts by the names of <https://opentelemetry.io/docs/specs/semconv/gen-ai/>, others by ours.
    private func add(_ usage: RawJSON?, model: String?, to span: inout Span) {
        span.set("gen_ai.request.model", model ?? usage?["model"]?.string)
        for (name, value) in usage?.members ?? [] {
            guard let amount = value.integer else { continue }
            let isCommon = name == "input_tokens" || name == "output_tokens"
            span.set(isCommon ? "gen_ai.usage.\(name)" : "sidestep.usage.\(name)", amount)
        }
    }

    private func fail(_ span: inout Span, _ error: Payload?, orElse status: String) {
        let error = error.map(RawJSON.init(validated:))
        let message = error?["message"]?.string ?? error?.string
        let type = error?["type"]?.string
        span.isError = true
        span.message = message.map { String($0.prefix(Self.messageCharacters)) } ?? status
        span.set("error.type", type ?? status)
        guard let message = span.message, error != nil else { return }
        let attributes = [
            type.map { ("exception.type", Span.Value.text($0)) }, ("exception.message", .text(message)),
        ]
        span.events.append(
            Span.Event(at: span.ended, name: "exception", attributes: attributes.compactMap(\.self)))
    }
}

extension SpansOfRun {
    /// The span of a closed run; nil of one that is open.
    ///
    /// - Parameter events: what happened to it, the newest first.
    func span(_ events: Page<TracedEvent>, tags: [(name: String, value: String)]) -> Span? {
        guard let closed = run.closed else { return nil }
        var span = Span(trace.context, below: trace.parent, run.workflow, from: run.created, to: closed)
        about(&span)
        span.set("sidestep.run.status", run.status.rawValue)
        span.set("sidestep.run.attempt", run.attempt)
        span.set("sidestep.run.generation", run.generation)
        span.set("sidestep.code_version", run.codeVersion)
        for (name, value) in tags { span.set("sidestep.tag.\(name)", value) }
        if run.status == .failed {
            let end = events.items.first { $0.kind == JournalKind.runFailed.rawValue }
            fail(&span, end?.detail, orElse: run.status.rawValue)
        }
        span.events = events.items.reversed().map(Self.event) + span.events
        span.hasDroppedEvents = events.hasMore
        return span
    }

    /// Details of what the daemon did; not those of what programs said, which are theirs.
    private static func event(_ event: TracedEvent) -> Span.Event {
        var attributes: [(String, Span.Value)] = event.step.map { [("sidestep.step", .text($0))] } ?? []
        if told.contains(event.kind), let detail = event.detail {
            for (name, value) in RawJSON(validated: detail).members {
                if let number = value.integer {
                    attributes.append(("sidestep.\(name)", .number(number)))
                } else if let text = value.string {
                    attributes.append(("sidestep.\(name)", .text(String(text.prefix(messageCharacters)))))
                }
            }
        }
        return Span.Event(at: event.at, name: event.kind, attributes: attributes)
    }

    private static let told: Set<String> = Set(
        [
            JournalKind.runCreated, .leaseGranted, .runInterrupted, .runPaused, .runCancelRequested,
            .codeChanged,
        ]
        .map(\.rawValue))
}
