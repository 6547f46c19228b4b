import SidestepModel
import SidestepStore

struct ForkStatements {
    let origin, setOrigin, lineage, insertLineage, list, step, page, count, checkpoint: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement { try library.prepare(name, on: connection) }
        origin = try block("fork_origin")
        setOrigin = try block("fork_set_origin")
        lineage = try block("fork_lineage")
        insertLineage = try block("fork_lineage_insert")
        list = try block("fork_list")
        step = try block("fork_step")
        page = try block("fork_step_page")
        count = try block("fork_step_count")
        checkpoint = try block("fork_checkpoint")
    }
}

extension SQLiteSession {
    func origin(of run: Int64) throws(Failure) -> RunOrigin? {
        try forks.origin.first(.integer(run)) { RunOrigin(run: $0.integer(), sequence: $0.integer()) }
    }

    func lineage(of run: Int64) throws(Failure) -> Lineage? {
        try forks.lineage.first(.integer(run)) { row in
            let (source, generation) = (row.string(), row.integer())
            let (step, checkpoint) = (row.optionalString(), row.optionalString())
            let point: ForkPoint =
                step.map(ForkPoint.step) ?? checkpoint.map(ForkPoint.checkpoint)
                ?? (row.bool() ? .failed : .end)
            return Lineage(source: source, generation: generation, point: point)
        }
    }

    func forks(of run: Int64, limit: Int) throws(Failure) -> [String] {
        try forks.list.all(.integer(run), .integer(Int64(limit))) { $0.string() }
    }

    func sharedStep(_ origin: RunOrigin, name: String) throws(Failure) -> StepOutcome? {
        try forks.step.first(.integer(origin.run), SQLValue(name), .integer(origin.sequence)) {
            StepOutcome(&$0)
        }
    }

    func sharedSteps(
        _ origin: RunOrigin, after sequence: Int64, limit: Int, maxBytes: Int
    ) throws(Failure) -> Page<StepOutcome> {
        try stepPage(
            forks.page, [.integer(origin.run), .integer(sequence), .integer(origin.sequence)], limit: limit,
            maxBytes: maxBytes)
    }

    func sharedStepCount(_ origin: RunOrigin) throws(Failure) -> Int64 {
        try forks.count.first(.integer(origin.run), .integer(origin.sequence)) { $0.integer() } ?? 0
    }

    func sharedCheckpoint(_ origin: RunOrigin) throws(Failure) -> CheckpointRecord? {
        try forks.checkpoint.first(.integer(origin.run), .integer(origin.sequence)) { CheckpointRecord(&$0) }
    }

    func setOrigin(of run: Int64, _ origin: RunOrigin) throws(Failure) {
        try forks.setOrigin.run(.integer(run), .integer(origin.run), .integer(origin.sequence))
    }

    func setLineage(of run: Int64, _ lineage: Lineage) throws(Failure) {
        var (step, checkpoint): (String?, String?)
        switch lineage.point {
        case .step(let name): step = name
        case .checkpoint(let id): checkpoint = id
        case .failed, .end: break
        }
        try forks.insertLineage.run(
            .integer(run), SQLValue(lineage.source), .integer(lineage.generation), SQLValue(step),
            SQLValue(checkpoint), SQLValue(lineage.point == .failed))
    }
}
