import SidestepHash
import SidestepModel
import SidestepProtocol
import SidestepStore

/// Takes in the lines of an export: all in one call, or call after call.
///
/// The run is out of sight until its last line has come, so nobody sees half of it. A run that is here already, by its
/// uid, stays as it is.
public struct ImportRun: Command {
    /// Lines of one export in their order, those that follow the call before; `import_elements` limits what they hold.
    public let lines: [RawJSON]
    /// What the call before answered, to go on.
    public var continuation: String?
    /// The id that the run gets here.
    public var name: String?
    /// Whose it is to be; nil makes it the caller's.
    public var user: UserID?

    /// A call of `run.import`; one that goes on has a `continuation`.
    public init(lines: [RawJSON]) { self.lines = lines }

    /// How far the import is.
    public struct Result {
        /// The run, once it is whole.
        public var view: RunView?
        /// Whether it was taken in; false when it was here.
        public var isNew = false
        /// What the next call passes on; nil when the run is whole.
        public var continuation: String?
    }

    /// Takes the lines in. A line that is broken or out of place is refused by its number, and nothing of the call
    /// stands. Throws `run_conflict`, `unsupported`, `limit_exceeded`.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Result {
        if let user, user != call.peer.uid { try call.requireAdministrator("import for another user") }
        try checkElements(call.environment.settings.limits)
        guard let continuation else { return try begin(store, &call) }
        let (run, taken) = try found(continuation, store, call)
        return try take(lines[...], after: taken, into: run, store, &call)
    }

    func owner(_ call: CallContext) -> UserID { user ?? call.peer.uid }

    /// A line may hold many rows: all of them together are some tens of milliseconds of work.
    private func checkElements(_ limits: Limits) throws {
        let limit = limits[.importElements]
        var count = 0
        for line in lines {
            for member in ["messages", "items"] { count += line[member]?.elements.count ?? 0 }
            count += line["request"]?["pieces"]?.elements.count ?? 0
            count += line["tags"]?.members.count ?? 0
            guard count > limit else { continue }
            throw Failure(
                .limitExceeded, "the lines have more than \(limit) messages, items and tags together",
                hint: """
                    Send them in several calls, with the `import` that each answers. A single line that has more \
                    needs a higher `limits.\(ElementLimit.importElements.rawValue)` in the daemon's configuration.
                    """
            ).with(\.limit, ElementLimit.importElements.rawValue)
        }
    }

    private func begin(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Result {
        try readHeader(lines.first.map { ImportLine($0, number: 1) })
        let first = ImportLine(lines.dropFirst().first ?? .emptyObject, number: 2)
        guard first.kind == "run" else { throw first.broken("is not the line of a run") }
        let id = try name ?? first.name("id")
        if let known = try existing(first, id, store, call) {
            return Result(view: try RunView(known, store), isNew: false)
        }
        try store.requireRoom(forRunOf: call.peer.uid, &call)
        let run = try begin(first, id, store, call)
        return try take(lines.dropFirst(2), after: 2, into: run, store, &call)
    }

    private func take(
        _ lines: ArraySlice<RawJSON>, after taken: Int64, into run: RunRecord, _ store: any StoreTransaction,
        _ call: inout CallContext
    ) throws -> Result {
        let target = ImportTarget(run: run, store: store, call: call)
        var number = taken
        for json in lines {
            number += 1
            let line = ImportLine(json, number: number)
            if line.kind == "end" { return try finish(line, run, store, &call) }
            guard let take = ImportTarget.kinds[line.kind] else {
                throw line.broken("is of a kind that this daemon does not know")
            }
            try take(target)(line)
        }
        return Result(continuation: Self.token(run, after: number))
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
        guard let known = try store.run(user: owner(call), id: id, generation: nil) else { return nil }
        let uid = try line.name("uid")
        if known.uid == uid { return known }
        let generation = try line.count("generation")
        if let old = try store.run(user: owner(call), id: id, generation: generation), old.uid == uid {
            return old
        }
        throw Failure(
            .runConflict, "there is another run '\(id)' already", run: id,
            hint: "Pass `run` to import it under another id.")
    }

    private func begin(
        _ line: ImportLine, _ id: String, _ store: any StoreTransaction, _ call: CallContext
    ) throws -> RunRecord {
        var run = try line.run(key: 0, id: id, user: owner(call))
        if let past = try store.tombstone(user: owner(call), id: id), past.generation >= run.generation {
            run.generation = past.generation + 1
            run.epoch = max(run.epoch, past.epoch)
        }
        let hidden = "\(owner(call))/\(run.uid)/\(id)"
        // An import that was begun before and never finished begins anew.
        if let half = try store.hiddenRun(id: hidden) { try store.abandonImport(run: half.key) }
        run.key = try store.insertHidden(
            run, id: hidden, input: line.payload("input"), place: call.environment.place)
        let (output, error) = (line.payload("output"), line.payload("error"))
        if output != nil || error != nil {
            try store.setRunOutput(key: run.key, output: output, error: error)
        }
        for tag in line.texts("tags") where !tag.name.isEmpty {
            try store.setRunTag(key: run.key, name: tag.name, value: tag.value)
        }
        if let lineage = try line.lineage() { try store.setLineage(of: run.key, lineage) }
        return try store.run(key: run.key) ?? run
    }
}
