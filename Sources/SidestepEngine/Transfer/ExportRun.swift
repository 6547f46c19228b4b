import SidestepModel
import SidestepProtocol
import SidestepStore

/// A run as lines of JSON that another daemon can import: a page of them.
///
/// The order of the lines is the order in which they can be imported. What a fork shares is written as its own.
public struct ExportRun: Query {
    /// The version of the format: a daemon reads its own and older ones.
    public static let format: Int64 = 1

    public let run: String
    public var generation: Int64?
    public var cursor: ExportCursor?
    public var maxBytes = 8 << 20
    public let daemonVersion: String

    public init(run: String, daemonVersion: String) {
        self.run = run
        self.daemonVersion = daemonVersion
    }

    public struct Result: Sendable {
        public var lines: [RawJSON] = []
        /// Where the next page begins; nil at the end.
        public var next: ExportCursor?
        var bytes = 0

        mutating func add(_ line: RawJSON) {
            lines.append(line)
            bytes += line.bytes.count + 1
        }
    }

    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Result {
        let run = try store.visibleRun(run, generation: generation, call)
        var result = Result()
        var place = try cursor ?? begin(run, store, call, &result)
        while place.phase != .end, result.bytes < maxBytes {
            place = try part(place, run, store, &result)
        }
        result.next = place.phase == .end ? nil : place
        return result
    }

    private func begin(
        _ run: RunRecord, _ store: any StoreReader, _ call: CallContext, _ result: inout Result
    ) throws -> ExportCursor {
        result.add(ExportLine.header(version: daemonVersion, at: call.now))
        result.add(
            ExportLine.run(
                run, try store.runPayloads(key: run.key), tags: try store.runTags(key: run.key),
                lineage: try store.lineage(of: run.key)))
        return ExportCursor(phase: .messages, bound: try store.lastSequence(run: run.key))
    }

    /// Adds what fits, and answers where to go on.
    private func part(
        _ place: ExportCursor, _ run: RunRecord, _ store: any StoreReader, _ result: inout Result
    ) throws -> ExportCursor {
        switch place.phase {
        case .messages: return try messages(place, run, store, &result)
        case .shared: return try shared(place, run, store, &result)
        case .journal: return try journal(place, run, store, &result)
        case .signals: return try signals(place, run, store, &result)
        case .rest:
            try rest(run, place, store, &result)
            return place.moved(to: .end)
        case .end: return place
        }
    }

    private func messages(
        _ place: ExportCursor, _ run: RunRecord, _ store: any StoreReader, _ result: inout Result
    ) throws -> ExportCursor {
        let parts = try store.branchParts(run: run.key)
        guard place.index < Int64(parts.count) else { return place.moved(to: .shared) }
        let part = parts[Int(place.index)]
        let start = part.parent?.length ?? 0
        if place.position == 0 {
            let parent = part.parent.flatMap { point in parts.firstIndex { $0.key == point.branch } }
            result.add(ExportLine.branch(place.index, parent: parent, length: start))
        }
        let from = start + place.position
        let room = max(1, maxBytes - result.bytes)
        let found = try store.messages(
            HistoryPoint(branch: part.key, length: part.length), from..<max(from, part.length), maxBytes: room
        )
        if !found.isEmpty { result.add(ExportLine.messages(place.index, from: from, found)) }
        var next = place
        next.position += Int64(found.count)
        // A branch without messages of its own is there once.
        if next.position >= part.length - start { (next.index, next.position) = (place.index + 1, 0) }
        return next
    }

    private func shared(
        _ place: ExportCursor, _ run: RunRecord, _ store: any StoreReader, _ result: inout Result
    ) throws -> ExportCursor {
        for origin in try store.origins(of: run).reversed() {
            let page = try store.sharedSteps(
                origin, after: place.position, limit: 1000, maxBytes: max(1, maxBytes - result.bytes))
            for outcome in page.items { result.add(ExportLine.step(outcome)) }
            if let last = page.items.last { return place.moved(to: .shared, position: last.step.sequence) }
        }
        return place.moved(to: .journal)
    }

    private func journal(
        _ place: ExportCursor, _ run: RunRecord, _ store: any StoreReader, _ result: inout Result
    ) throws -> ExportCursor {
        let page = try store.history(run: run.key, after: place.position, limit: 100)
        var last = place.position
        for entry in page.items where entry.sequence <= place.bound {
            last = entry.sequence
            if entry.kind == JournalKind.stepCompleted.rawValue, let name = entry.step {
                if let outcome = try store.stepOutcome(run: run.key, name: name) {
                    result.add(ExportLine.step(outcome))
                }
                continue
            }
            result.add(ExportLine.entry(entry))
            for checkpoint in try checkpoints(of: entry, run, store) {
                result.add(
                    ExportLine.checkpoint(
                        checkpoint, tokenHash: try store.tokenHash(checkpoint: checkpoint.key),
                        branch: try branchIndex(checkpoint, run, store)))
            }
        }
        let isOver = !page.hasMore || page.items.last.map { $0.sequence > place.bound } ?? true
        return isOver ? place.moved(to: .signals) : place.moved(to: .journal, position: last)
    }

    /// The checkpoint that an entry tells of; a fork's first one belongs to the entry of its making.
    private func checkpoints(
        of entry: JournalEntry, _ run: RunRecord, _ store: any StoreReader
    ) throws -> [CheckpointRecord] {
        switch entry.kind {
        case JournalKind.checkpointSaved.rawValue:
            let id = entry.detail.flatMap { RawJSON(validated: $0)["checkpoint"]?.string }
            guard let id, let found = try store.checkpoint(id: id), found.run == run.key else { return [] }
            return [found]
        case JournalKind.runCreated.rawValue where run.origin != nil:
            let found = try store.sharedCheckpoint(RunOrigin(run: run.key, sequence: entry.sequence))
            return found.map { [$0] } ?? []
        default: return []
        }
    }

    private func branchIndex(
        _ checkpoint: CheckpointRecord, _ run: RunRecord, _ store: any StoreReader
    ) throws -> Int? {
        guard let history = checkpoint.history else { return nil }
        return try store.branchParts(run: run.key).firstIndex { $0.key == history.branch }
    }

    private func signals(
        _ place: ExportCursor, _ run: RunRecord, _ store: any StoreReader, _ result: inout Result
    ) throws -> ExportCursor {
        let page = try store.signals(
            run: run.key, name: nil, pendingOnly: false, after: place.position, limit: 100)
        for signal in page.items { result.add(ExportLine.signal(signal)) }
        guard page.hasMore, let last = page.items.last else { return place.moved(to: .rest) }
        return place.moved(to: .signals, position: last.key)
    }

    private func rest(
        _ run: RunRecord, _ place: ExportCursor, _ store: any StoreReader, _ result: inout Result
    ) throws {
        for promise in try store.promises(run: run.key, status: nil) {
            result.add(ExportLine.promise(promise))
        }
        for (name, value) in try store.states(run: run.key) { result.add(ExportLine.state(name, value)) }
        // Open waits begin anew where the run goes on, so they are left out.
        let unfinished = try store.openSteps(run: run.key).filter { $0.status != .waiting }
        for step in unfinished where step.sequence <= place.bound {
            if let outcome = try store.stepOutcome(run: run.key, name: step.name) {
                result.add(ExportLine.step(outcome))
            }
        }
        let failed = try store.steps(
            run: run.key, after: nil, status: .failed, limit: .max, maxBytes: .max)
        for outcome in failed.items { result.add(ExportLine.step(outcome)) }
        result.add(ExportLine.end)
    }
}

/// Where a page of an export begins.
public struct ExportCursor: Sendable, Equatable {
    enum Phase: Int64, Sendable {
        case messages, shared, journal, signals, rest, end
    }

    var phase: Phase
    var index: Int64 = 0
    var position: Int64 = 0
    /// What the journal had when the export began: later entries are not part of it.
    var bound: Int64

    init(phase: Phase, bound: Int64) {
        self.phase = phase
        self.bound = bound
    }

    /// Reads a cursor as it went over the wire; nil when it is none.
    public init?(_ text: String) {
        let parts = text.split(separator: ".").compactMap { Int64($0) }
        guard parts.count == 4, let phase = Phase(rawValue: parts[0]), parts.allSatisfy({ $0 >= 0 }),
            // A branch holds fewer messages than this; larger numbers are not ours.
            parts[1] < 1 << 40, parts[2] < 1 << 53
        else { return nil }
        self.init(phase: phase, bound: parts[3])
        (index, position) = (parts[1], parts[2])
    }

    public var text: String { "\(phase.rawValue).\(index).\(position).\(bound)" }

    func moved(to phase: Phase, position: Int64 = 0) -> ExportCursor {
        var next = self
        (next.phase, next.index, next.position) = (phase, 0, position)
        return next
    }
}
