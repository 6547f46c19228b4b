import SidestepHash
import SidestepModel
import SidestepProtocol
import SidestepStore

/// The hidden run that the lines of an export go to.
struct ImportTarget {
    let run: RunRecord
    let store: any StoreTransaction
    let call: CallContext

    typealias Taker = (ImportLine) throws -> Void

    /// What to do with a line, by its kind.
    static let kinds: [String: @Sendable (ImportTarget) -> Taker] = [
        "branch": { $0.branch }, "messages": { $0.messages }, "step": { $0.step }, "entry": { $0.entry },
        "checkpoint": { $0.checkpoint }, "signal": { $0.signal }, "promise": { $0.promise },
        "state": { $0.state }, "budget": { $0.budget }, "stream": { $0.stream }, "items": { $0.items },
        "stream_end": { $0.streamEnd }, "artifact": { $0.artifact }, "event": { $0.event },
        "recorder": { $0.recorder }, "recording": { $0.recording }, "recording_end": { $0.recordingEnd },
        "reroll": { $0.reroll },
    ]

    // MARK: The journal

    private func branch(_ line: ImportLine) throws {
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

    private func messages(_ line: ImportLine) throws {
        let branch = try knownBranch(line)
        let from = try line.count("from")
        guard try store.branchLength(branch) == from else { throw line.broken("is out of order") }
        try store.appendMessages(line.elements("messages"), branch: branch, position: from)
    }

    private func knownBranch(_ line: ImportLine) throws -> Int64 {
        let known = try store.branches(of: run.key)
        let index = try line.count("branch")
        guard index < known.count else { throw line.broken("names a branch that is not there") }
        return known[Int(index)]
    }

    private func step(_ line: ImportLine) throws {
        let outcome = try line.step(run: run.key, now: call.now)
        if try store.step(run: run.key, name: outcome.step.name) != nil { throw line.broken("comes twice") }
        try store.insertStep(outcome, epoch: run.epoch)
    }

    private func entry(_ line: ImportLine) throws {
        var entry = JournalEntry(
            sequence: 0, at: try line.instant("at"), kind: try line.name("what"),
            step: try line.optionalName("step"),
            attempt: try line.optionalNumber("attempt", in: 0...1_000_000_000),
            detail: line.payload("detail"))
        entry.begun = try line.optionalInstant("begun_at")
        _ = try store.appendEntry(run: run.key, entry)
    }

    private func checkpoint(_ line: ImportLine) throws {
        var id = try line.name("checkpoint")
        // A copy of a run that is here under another id: names and tokens stay with the first.
        if try store.checkpoint(id: id) != nil {
            id = Identifiers.checkpoint(at: call.now, random: call.environment.random)
        }
        var hash = try line.bytes("token_hash", 16...64)
        if try store.checkpoint(tokenHash: hash) != nil {
            hash = ContentHash.of(Identifiers.resumeToken(random: call.environment.random).utf8)
        }
        var new = NewCheckpoint(
            id: id, run: run.key, user: call.peer.uid, tokenHash: hash,
            created: try line.instant("created_at"))
        new.name = try line.optionalName("name")
        new.stepNumber = try line.optionalNumber("step_number", in: .min ... .max)
        if try line.optionalNumber("branch", in: 0...1_000_000_000) != nil {
            let point = HistoryPoint(branch: try knownBranch(line), length: try line.count("length"))
            guard try store.branchLength(point.branch) >= point.length else {
                throw line.broken("has more messages than there are")
            }
            new.history = point
        }
        new.state = line.payload("state")
        new.toolResults = line.payload("tool_results")
        new.metadata = line.payload("metadata")
        new.journalSequence = try store.lastSequence(run: run.key)
        let key = try store.insertCheckpoint(new, epoch: run.epoch).key
        guard line.flag("head"), var hidden = try store.run(key: run.key) else { return }
        hidden.head = key
        try store.updateRun(hidden, expecting: run.epoch)
    }

    // MARK: Values

    private func signal(_ line: ImportLine) throws {
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

    private func promise(_ line: ImportLine) throws {
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

    private func state(_ line: ImportLine) throws {
        let name = try line.name("name")
        guard let value = line.payload("value") else { throw line.broken("lacks `value`") }
        try store.setState(run: run.key, name: name, value: value, epoch: run.epoch)
    }

    private func budget(_ line: ImportLine) throws {
        let name: BudgetName = try line.word("name")
        if try store.budgets(run: run.key).contains(where: { $0.name == name }) {
            throw line.broken("comes twice")
        }
        try store.setBudget(run: run.key, name: name, amount: try line.amount("amount"))
        try store.addToBudget(run: run.key, name: name, used: try line.amount("used"), reserved: 0)
    }

    // MARK: Streams, artifacts, events

    private func stream(_ line: ImportLine) throws {
        let name = try line.name("stream")
        if try store.stream(run: run.key, name: name) != nil { throw line.broken("comes twice") }
        _ = try store.insertStream(
            run: run.key, name: name, at: try line.instant("opened_at"), epoch: run.epoch)
    }

    private func openStream(_ line: ImportLine) throws -> StreamRecord {
        let stream = try store.stream(run: run.key, name: try line.name("stream"))
        guard let stream, stream.closed == nil else { throw line.broken("belongs to no open stream") }
        return stream
    }

    private func items(_ line: ImportLine) throws {
        let stream = try openStream(line)
        guard try line.amount("from") == stream.next else { throw line.broken("is out of order") }
        guard let items = line.payload("items"), !line.elements("items").isEmpty else {
            throw line.broken("has no array of `items`")
        }
        let chunk = StreamChunk(
            start: stream.next, count: Int64(line.elements("items").count), items: items)
        try store.appendChunk(chunk, to: stream, epoch: run.epoch)
    }

    private func streamEnd(_ line: ImportLine) throws {
        var stream = try openStream(line)
        let items = try line.amount("items")
        stream.isCompacted = line.flag("compacted")
        guard stream.next == (stream.isCompacted ? 0 : items) else {
            throw line.broken("tells of \(items) items, and \(stream.next) came")
        }
        stream.next = items
        stream.closed = try line.instant("closed_at")
        stream.final = line.payload("final")
        try store.closeStream(stream, epoch: run.epoch)
    }

    private func artifact(_ line: ImportLine) throws {
        var artifact = ArtifactRecord(
            run: run.key, name: try line.name("artifact"),
            version: try line.number("version", in: 1...1_000_000_000), type: try line.word("type"),
            created: try line.instant("created_at"))
        let newest = try store.artifact(run: run.key, name: artifact.name, version: nil)?.version ?? 0
        guard artifact.version > newest else { throw line.broken("is out of order") }
        artifact.content = line.payload("content")
        artifact.path = try line.text("path", maxBytes: .max)
        artifact.description = try line.text("description", maxBytes: .max)
        try PutArtifact.check(artifact.type, content: artifact.content, path: artifact.path)
        try store.insertArtifact(artifact, epoch: run.epoch)
    }

    private func event(_ line: ImportLine) throws {
        let id = try line.optionalName("event_id")
        if let id, try store.hiddenEvent(run: run.key, id: id) != nil { throw line.broken("comes twice") }
        let event = EventRecord(
            sequence: 0, userID: RunRecord.nobody, name: try line.name("event"), value: line.payload("value"),
            run: run.key, eventID: id, at: try line.instant("at"))
        try store.insertHidden(event)
    }
}
