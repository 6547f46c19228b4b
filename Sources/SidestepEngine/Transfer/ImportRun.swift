import SidestepHash
import SidestepModel
import SidestepProtocol
import SidestepStore

/// Takes in the lines of an export: all in one call, or call after call.
///
/// The run is out of sight until its last line has come, so nobody sees half of it. A run that is here already, by its
/// uid, stays as it is.
public struct ImportRun: Command {
    /// Lines in one call: some tens of milliseconds of work.
    public static let lineLimit = 2000

    public let lines: [RawJSON]
    /// What the call before answered, to go on.
    public var continuation: String?
    /// The id that the run gets here.
    public var name: String?

    public init(lines: [RawJSON]) { self.lines = lines }

    public struct Result {
        /// The run, once it is whole.
        public var view: RunView?
        /// Whether it was taken in; false when it was here.
        public var isNew = false
        public var continuation: String?
    }

    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Result {
        if lines.count > Self.lineLimit {
            throw Failure(
                .limitExceeded, "\(lines.count) lines are more than the \(Self.lineLimit) of one call",
                hint: "Send them in several calls, with the `import` that each answers."
            ).with(\.limit, "import_lines")
        }
        var rest = lines.enumerated().map { ImportLine($1, number: $0 + 1) }[...]
        let run: RunRecord
        if let continuation {
            run = try found(continuation, store, call)
        } else {
            try readHeader(rest.popFirst())
            guard let first = rest.popFirst(), first.kind == "run" else {
                throw ImportLine(.emptyObject, number: 2).broken("is not the line of a run")
            }
            let id = try name ?? first.name("id")
            if let known = try existing(first, id, store, call) {
                return Result(view: try RunView(known, store), isNew: false)
            }
            run = try begin(first, id, store, call)
        }
        for line in rest {
            if line.kind == "end" { return try finish(run, store, &call) }
            try take(line, run, store, call)
        }
        return Result(continuation: Self.token(run))
    }

    // MARK: The beginning

    private func readHeader(_ line: ImportLine?) throws {
        guard let line, line.kind == "sidestep-run" else {
            throw Failure(
                .invalidArgument, "this is no export of a run: it does not begin with the line that says so",
                hint: "Send what `sidestep export RUN` wrote, from its first line on.")
        }
        let format = try line.count("format")
        if format <= ExportRun.format { return }
        throw Failure(
            .unsupported,
            "the export has format \(format), and this daemon reads formats up to \(ExportRun.format)",
            hint: "Import it with a newer sidestepd.")
    }

    private func existing(
        _ line: ImportLine, _ id: String, _ store: any StoreTransaction, _ call: CallContext
    ) throws -> RunRecord? {
        guard let known = try store.run(user: call.peer.uid, id: id, generation: nil) else { return nil }
        let uid = try line.name("uid")
        if known.uid == uid { return known }
        let generation = try line.count("generation")
        if let old = try store.run(user: call.peer.uid, id: id, generation: generation), old.uid == uid {
            return old
        }
        throw Failure(
            .runConflict, "there is another run '\(id)' already", run: id,
            hint: "Pass `run` to import it under another id.")
    }

    private func begin(
        _ line: ImportLine, _ id: String, _ store: any StoreTransaction, _ call: CallContext
    ) throws -> RunRecord {
        var run = try line.run(key: 0, id: id, user: call.peer.uid)
        if let past = try store.tombstone(user: call.peer.uid, id: id), past.generation >= run.generation {
            run.generation = past.generation + 1
            run.epoch = max(run.epoch, past.epoch)
        }
        let hidden = "\(call.peer.uid)/\(run.uid)/\(id)"
        // An import that was begun before and never finished begins anew.
        if let half = try store.hiddenRun(id: hidden) { try store.abandonImports(run: half.key) }
        run.key = try store.insertHidden(run, id: hidden, input: line.payload("input"))
        let (output, error) = (line.payload("output"), line.payload("error"))
        if output != nil || error != nil {
            try store.setRunOutput(key: run.key, output: output, error: error)
        }
        for tag in line.texts("tags") where !tag.name.isEmpty {
            try store.setRunTag(key: run.key, name: tag.name, value: tag.value)
        }
        return try store.run(key: run.key) ?? run
    }

    // MARK: The lines

    private func take(
        _ line: ImportLine, _ run: RunRecord, _ store: any StoreTransaction, _ call: CallContext
    ) throws {
        switch line.kind {
        case "step":
            let outcome = try line.step(run: run.key, now: call.now)
            if try store.step(run: run.key, name: outcome.step.name) != nil {
                throw line.broken("comes twice")
            }
            try store.insertStep(outcome, epoch: run.epoch)
        case "entry":
            let entry = JournalEntry(
                sequence: 0, at: try line.instant("at"), kind: try line.name("what"),
                step: try line.optionalName("step"),
                attempt: try line.optionalNumber("attempt", in: 0...1_000_000_000),
                detail: line.payload("detail"))
            _ = try store.appendEntry(run: run.key, entry)
        case "branch": try takeBranch(line, run, store)
        case "messages": try takeMessages(line, run, store)
        case "checkpoint": try takeCheckpoint(line, run, store, call)
        case "state":
            let name = try line.name("name")
            guard let value = line.payload("value") else { throw line.broken("lacks `value`") }
            try store.setState(run: run.key, name: name, value: value, epoch: run.epoch)
        case "signal": try takeSignal(line, run, store, call)
        case "promise": try takePromise(line, run, store)
        default: throw line.broken("is of a kind that this daemon does not know")
        }
    }

    private func takeBranch(_ line: ImportLine, _ run: RunRecord, _ store: any StoreTransaction) throws {
        let known = try store.branches(of: run.key)
        guard try line.count("branch") == known.count else { throw line.broken("is out of order") }
        var parent: HistoryPoint?
        if let index = try line.optionalNumber("parent", in: 0...1_000_000_000) {
            guard index < known.count else { throw line.broken("names a parent that is not there") }
            let point = HistoryPoint(branch: known[Int(index)], length: try line.count("parent_length"))
            guard try store.branchLength(point.branch) >= point.length else {
                throw line.broken("begins behind the end of its parent")
            }
            parent = point
        }
        _ = try store.insertBranch(run: run.key, parent: parent)
    }

    private func takeMessages(_ line: ImportLine, _ run: RunRecord, _ store: any StoreTransaction) throws {
        let branch = try branch(line, run, store)
        let from = try line.count("from")
        guard try store.branchLength(branch) == from else { throw line.broken("is out of order") }
        try store.appendMessages(line.elements("messages"), branch: branch, position: from)
    }

    private func branch(
        _ line: ImportLine, _ run: RunRecord, _ store: any StoreTransaction
    ) throws -> Int64 {
        let known = try store.branches(of: run.key)
        let index = try line.count("branch")
        guard index < known.count else { throw line.broken("names a branch that is not there") }
        return known[Int(index)]
    }

    private func takeCheckpoint(
        _ line: ImportLine, _ run: RunRecord, _ store: any StoreTransaction, _ call: CallContext
    ) throws {
        var id = try line.name("checkpoint")
        // A copy of a run that is here under another id: names and tokens stay with the first.
        if try store.checkpoint(id: id) != nil {
            id = Identifiers.checkpoint(random: call.environment.random)
        }
        var hash = try line.bytes("token_hash", 16...64)
        if try store.checkpoint(tokenHash: hash) != nil {
            hash = ContentHash.of(Identifiers.resumeToken(random: call.environment.random).utf8)
        }
        var new = NewCheckpoint(
            id: id, run: run.key, tokenHash: hash, created: try line.instant("created_at"))
        new.name = try line.optionalName("name")
        new.stepNumber = try line.optionalNumber("step_number", in: .min ... .max)
        if try line.optionalNumber("branch", in: 0...1_000_000_000) != nil {
            let point = HistoryPoint(branch: try branch(line, run, store), length: try line.count("length"))
            guard try store.branchLength(point.branch) >= point.length else {
                throw line.broken("has more messages than there are")
            }
            new.history = point
        }
        new.state = line.payload("state")
        new.toolResults = line.payload("tool_results")
        new.metadata = line.payload("metadata")
        new.journalSequence = try store.lastSequence(run: run.key)
        _ = try store.insertCheckpoint(new, epoch: run.epoch)
    }

    private func takeSignal(
        _ line: ImportLine, _ run: RunRecord, _ store: any StoreTransaction, _ call: CallContext
    ) throws {
        var signal = SignalRecord(
            run: run.key, name: try line.name("signal"), messageID: try line.name("message_id"),
            userID: call.peer.uid, sent: try line.instant("sent_at"), value: line.payload("value"))
        signal.consumedBy = try line.optionalName("consumed_by")
        signal.consumed = signal.consumedBy == nil ? nil : try line.instant("consumed_at")
        if try store.signal(run: run.key, messageID: signal.messageID) != nil {
            throw line.broken("comes twice")
        }
        try store.insertSignal(signal)
    }

    private func takePromise(_ line: ImportLine, _ run: RunRecord, _ store: any StoreTransaction) throws {
        var promise = PromiseRecord(
            run: run.key, name: try line.name("promise"), created: try line.instant("created_at"))
        promise.status = try line.word("status")
        promise.settled = promise.status == .pending ? nil : try line.instant("settled_at")
        promise.metadata = line.payload("metadata")
        promise.value = line.payload("value")
        promise.error = line.payload("error")
        if try store.promise(run: run.key, name: promise.name) != nil { throw line.broken("comes twice") }
        try store.insertPromise(promise, epoch: run.epoch)
    }
}
