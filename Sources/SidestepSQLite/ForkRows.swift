import SidestepModel
import SidestepStore

struct ForkStatements {
    let origin, setOrigin, lineage, insertLineage, list, sharing, step, page, count, checkpoint: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement { try library.prepare(name, on: connection) }
        origin = try block("fork_origin")
        setOrigin = try block("fork_set_origin")
        lineage = try block("fork_lineage")
        insertLineage = try block("fork_lineage_insert")
        list = try block("fork_list")
        sharing = try block("fork_sharing")
        step = try block("fork_step")
        page = try block("fork_step_page")
        count = try block("fork_step_count")
        checkpoint = try block("fork_checkpoint")
    }
}

extension SQLiteSession {
    func origin(of run: Int64) throws(Failure) -> RunOrigin? {
        try forks.origin.first(run) { RunOrigin(run: $0.integer(), sequence: $0.integer()) }
    }

    func lineage(of run: Int64) throws(Failure) -> Lineage? {
        try forks.lineage.first(run) { row in
            let (source, generation) = (row.string(), row.integer())
            let (step, checkpoint) = (row.optionalString(), row.optionalString())
            let recording = row.optionalInteger()
            let point: ForkPoint =
                step.map(ForkPoint.step) ?? checkpoint.map(ForkPoint.checkpoint)
                ?? recording.map(ForkPoint.recording) ?? (row.bool() ? .failed : .end)
            return Lineage(source: source, generation: generation, point: point)
        }
    }

    func forks(of run: Int64, limit: Int) throws(Failure) -> [String] {
        try forks.list.all(run, Int64(limit)) { $0.string() }
    }

    func isShared(_ place: RunOrigin) throws(Failure) -> Bool {
        try forks.sharing.first(place.run, place.sequence) { $0.integer() } != nil
    }

    func sharedStep(_ origin: RunOrigin, name: String) throws(Failure) -> StepOutcome? {
        try forks.step.first(origin.run, name, origin.sequence) {
            StepOutcome(&$0)
        }
    }

    func sharedSteps(
        _ origin: RunOrigin, after sequence: Int64, limit: Int, maxBytes: Int
    ) throws(Failure) -> Page<StepOutcome> {
        try stepPage(limit: limit, maxBytes: maxBytes) { take throws(Failure) in
            try forks.page.each(origin.run, sequence, origin.sequence, body: take)
        }
    }

    func sharedStepCount(_ origin: RunOrigin) throws(Failure) -> Int64 {
        try forks.count.first(origin.run, origin.sequence) { $0.integer() } ?? 0
    }

    func sharedCheckpoint(_ origin: RunOrigin) throws(Failure) -> CheckpointRecord? {
        try forks.checkpoint.first(origin.run, origin.sequence) { CheckpointRecord(&$0) }
    }

    func setOrigin(of run: Int64, _ origin: RunOrigin) throws(Failure) {
        try forks.setOrigin.run(run, origin.run, origin.sequence)
    }

    func setLineage(of run: Int64, _ lineage: Lineage) throws(Failure) {
        var (step, checkpoint, recording): (String?, String?, Int64?)
        switch lineage.point {
        case .step(let name): step = name
        case .checkpoint(let id): checkpoint = id
        case .recording(let number): recording = number
        case .failed, .end: break
        }
        try forks.insertLineage.run(
            run, lineage.source, lineage.generation, step,
            checkpoint, recording, lineage.point == .failed)
    }
}
