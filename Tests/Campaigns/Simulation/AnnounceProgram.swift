import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore
import TestSupport

/// A random program over daemon and oracle: streams, artifacts, events, a schedule, stale leases, restarts.
final class AnnounceProgram {
    private let daemon: TestDaemon
    private let random: SeededRandom
    private var oracle = AnnounceOracle()
    private var client: TestClient
    private var leases: [(run: String, epoch: Int64, text: String)] = []
    private var sequences: [Int64] = []
    private var trail: [String] = []
    private(set) var operations = 0

    private let runNames = ["r1", "r2"]
    private let names = ["a", "b"]

    init(daemon: TestDaemon, seed: UInt64) throws {
        self.daemon = daemon
        random = SeededRandom(seed: seed)
        client = daemon.connect()
        for run in runNames { try takeOver(run) }
        try putSchedule()
    }

    private var now: Int64 { daemon.clock.now().milliseconds }

    func step() throws {
        operations += 1
        switch random.below(100) {
        case 0..<30: try append()
        case 30..<36: try closeStream()
        case 36..<46: try read()
        case 46..<56: try putArtifact()
        case 56..<66: try emit()
        case 66..<70: try listEvents()
        case 70..<74: try takeOver(random.pick(runNames))
        case 74..<84: advance()
        case 84..<91: try work()
        case 91..<95: try changeSchedule()
        case 95..<97: try down()
        default: try compareSchedule()
        }
    }

    // MARK: Leases

    /// A new owner; all older leases are stale from now on.
    private func takeOver(_ run: String) throws {
        var resume = ResumeRun(
            owner: .init(kind: .process, process: client.peer.process, ttlMilliseconds: nil))
        resume.run = run
        resume.ifOwned = .takeOver
        resume.maxInterruptions = 1_000_000
        let granted = try daemon.call(resume, by: client).get()
        oracle.runs[run, default: .init()].epoch = granted.run.epoch
        leases.append((run, granted.run.epoch, granted.lease!))
    }

    private func pickLease() -> (run: String, epoch: Int64, text: String) {
        random.oneIn(6) ? random.pick(leases) : random.pick(leases.suffix(2))
    }

    // MARK: Streams and artifacts

    private func append() throws {
        let (lease, name) = (pickLease(), random.pick(names))
        let count = oracle.runs[lease.run]!.streams[name]?.count ?? 0
        let from = random.oneIn(3) ? nil : max(0, count + random.pick([0, 0, 0, -1, -2, -3, 1]))
        var items = (0..<random.below(5)).map { _ in "\(random.below(4))" }
        if random.oneIn(2), let from, let stream = oracle.runs[lease.run]!.streams[name], !stream.isCompacted
        {
            // Sent again, with more behind it.
            items = stream.items.dropFirst(from).prefix(random.below(3)) + items
        }
        let command = AppendToStream(
            proof: .text(lease.text), stream: name, items: Payload(text: "[\(items.joined(separator: ","))]"),
            from: from.map(Int64.init))
        try compare(
            "append \(lease.run)@\(lease.epoch) \(name) \(items) from \(from.map(String.init) ?? "-")",
            oracle.append(lease.run, lease.epoch, name, items, from: from),
            reply(daemon.call(command, by: client)) { .saved(messages: Int($0)) })
    }

    private func closeStream() throws {
        guard random.oneIn(4) else { return }
        let (lease, name, compact) = (pickLease(), random.pick(names), random.oneIn(2))
        let command = CloseStream(
            proof: .text(lease.text), stream: name, final: Payload(text: "0"), isCompacting: compact)
        try compare(
            "close \(lease.run)@\(lease.epoch) \(name)",
            oracle.close(lease.run, lease.epoch, name, compact: compact),
            reply(daemon.call(command, by: client)) { .saved(messages: Int($0)) })
        // A stream that is closed for good would be the end of the program's fun with it.
        if oracle.runs[lease.run]!.streams[name]?.isClosed == true { try beginAnew(lease.run) }
    }

    private func beginAnew(_ run: String) throws {
        try read()
        let lease = leases.last { $0.run == run }!
        _ = try daemon.call(CompleteRun(proof: .text(lease.text), output: nil), by: client).get()
        leases.removeAll { $0.run == run }
        _ = try daemon.call(DeleteRun(run: run), by: client).get()
        oracle.runs[run] = nil
        try takeOver(run)
    }

    private func read() throws {
        let (run, name) = (random.pick(runNames), random.pick(names))
        let stream = oracle.runs[run]!.streams[name] ?? .init()
        let from = random.below(stream.count + 2)
        let limit = Int64(random.pick([1, 2, 3, 1000]))
        let read = ReadStream(stream: name, from: Int64(from), limit: limit, maxBytes: .max)
        let found = try daemon.read { store in
            try read.answer(store, run: store.run(user: 1000, id: run, generation: nil)!.key)
        }
        let wanted = stream.items.dropFirst(from).prefix(Int(limit))
        let items = found.items.map(\.text)
        guard items == Array(wanted) else {
            throw difference("read \(run) \(name) from \(from)", "\(Array(wanted))", "\(items)")
        }
        let isAtEnd = from + wanted.count >= stream.count
        guard found.isClosed == (stream.isClosed && isAtEnd || stream.isCompacted) else {
            throw difference("read \(run) \(name)", "closed \(!found.isClosed)", "closed \(found.isClosed)")
        }
    }

    private func putArtifact() throws {
        let (lease, name, content) = (pickLease(), random.pick(names), "\(random.below(3))")
        var command = PutArtifact(proof: .text(lease.text), artifact: name, type: .json)
        command.content = Payload(text: content)
        try compare(
            "artifact \(lease.run)@\(lease.epoch) \(name)=\(content)",
            oracle.put(lease.run, lease.epoch, name, content),
            reply(daemon.call(command, by: client)) { .saved(messages: Int($0)) })
    }

    // MARK: Events

    private func emit() throws {
        var command = EmitEvent(event: random.pick(["x.a", "x.b", "y"]))
        command.eventID = random.oneIn(3) ? nil : "\(random.below(200))"
        let emitted = try daemon.call(command, by: client).get()
        let wasKnown = oracle.emit(command.event, id: command.eventID)
        guard emitted.isDuplicate == wasKnown else {
            throw difference("emit \(command.event)", "\(wasKnown)", "\(emitted.isDuplicate)")
        }
        if wasKnown { return }
        guard sequences.last ?? 0 < emitted.sequence else {
            throw difference("emit", "a higher sequence", "")
        }
        sequences.append(emitted.sequence)
    }

    private func listEvents() throws {
        let pattern = random.pick([nil, "x.*", "x.a", "y", "*", "z*"]).map { NamePattern($0) }
        let from = random.below(sequences.count + 1)
        let command = ListEvents(
            event: pattern, run: nil, after: from == 0 ? 0 : sequences[from - 1], limit: 10_000,
            waitMilliseconds: 0)
        let found = try daemon.call(command, by: client).get().items.map {
            AnnounceOracle.Event(name: $0.event.name, id: $0.event.eventID)
        }
        let wanted = oracle.events[from...].filter { pattern?.matches($0.name) ?? true }
        guard found == Array(wanted) else { throw difference("events", "\(wanted.count)", "\(found.count)") }
    }

    // MARK: The schedule

    private func putSchedule() throws {
        var put = PutSchedule(name: "s", workflow: "w")
        put.everyMilliseconds = AnnounceOracle.interval
        put.catchUpMilliseconds = AnnounceOracle.catchUp
        put.overlap = oracle.schedule?.overlap ?? .skip
        put.isPaused = oracle.schedule?.isPaused ?? false
        let view = try daemon.call(put, by: client).get()
        if oracle.schedule == nil { oracle.schedule = .init(nextDue: view.coming[0].milliseconds) }
    }

    private func changeSchedule() throws {
        if random.oneIn(2) {
            let isPaused = random.oneIn(2)
            _ = try daemon.call(PauseSchedule(name: "s", isPaused: isPaused), by: client).get()
            if isPaused { oracle.schedule!.isPaused = true } else { oracle.unpause(at: now) }
            trail.append("pause \(isPaused)")
        } else if !oracle.schedule!.isPaused {
            oracle.schedule!.overlap = random.pick(Overlap.allCases)
            trail.append("overlap \(oracle.schedule!.overlap)")
            try putSchedule()
            oracle.startWaiting()
        }
    }

    private func advance() {
        let span = Int64(random.pick([1, 100, 999, 1000, 2500]))
        trail.append("advance \(span)")
        let end = now + span
        while let schedule = oracle.schedule, !schedule.isPaused, schedule.nextDue <= end {
            oracle.look(at: schedule.nextDue)
        }
        daemon.loop.advance(span)
    }

    /// A worker takes an open run of the schedule and completes it.
    private func work() throws {
        let claim = ClaimRun(
            workflows: ["w"], queues: ["default"],
            owner: .init(kind: .process, process: client.peer.process, ttlMilliseconds: nil))
        let claimed = try daemon.call(claim, by: client).get()
        guard let run = claimed?.granted.run.id, let lease = claimed?.granted.lease else {
            if oracle.schedule!.open.isEmpty { return }
            throw difference("claim", "\(oracle.schedule!.open)", "nothing")
        }
        _ = try daemon.call(CompleteRun(proof: .text(lease), output: nil), by: client).get()
        trail.append("completed \(run)")
        guard oracle.schedule!.open.remove(run) != nil else { throw difference("claim", "an open run", run) }
        oracle.startWaiting()
    }

    /// The daemon is gone for a while and comes back.
    private func down() throws {
        let span = Int64(random.pick([0, 500, 2499, 2500, 2501, 7000]))
        trail.append("down \(span)")
        daemon.clock.advance(span)
        try daemon.restart()
        client = daemon.reconnect(client)
        daemon.loop.advance(0)
        oracle.look(at: now)
    }

    func compareSchedule() throws {
        let known = try daemon.query(GetSchedule(name: "s"), by: client).schedule
        let wanted = oracle.schedule!
        let counts = [known.fired, known.skipped, known.missed]
        guard counts == [wanted.fired, wanted.skipped, wanted.missed] else {
            throw difference(
                "counts", "\([wanted.fired, wanted.skipped, wanted.missed])",
                "\(counts) next \(known.nextDue!.text)")
        }
        guard known.waitingDue?.milliseconds == wanted.waiting else {
            throw difference("waiting", "\(wanted.waiting ?? 0)", "\(known.waitingDue?.milliseconds ?? 0)")
        }
        let runs = try daemon.read { store in
            var filter = RunFilter(user: 1000)
            filter.workflow = "w"
            filter.limit = 100_000
            return try store.runs(filter).items.map { ($0.id, !$0.status.isClosed) }
        }
        guard runs.map(\.0).sorted() == wanted.runs.sorted(), Set(runs.filter(\.1).map(\.0)) == wanted.open
        else {
            throw difference("runs of the schedule", "\(wanted.runs.count)", "\(runs.count)")
        }
    }

    // MARK: Comparing

    private func compare(_ what: String, _ expected: Reply, _ actual: Reply) throws {
        trail.append("\(what): \(actual)")
        if expected != actual { throw difference(what, "\(expected)", "\(actual)") }
    }

    private func difference(_ what: String, _ expected: String, _ actual: String) -> Program.Difference {
        let text = "\(what): expected \(expected), got \(actual)\nlast operations:\n  "
        return Program.Difference(description: text + trail.suffix(25).joined(separator: "\n  "))
    }

    private func reply<Value>(_ result: Result<Value, Failure>, _ read: (Value) -> Reply) -> Reply {
        switch result {
        case .success(let value): read(value)
        case .failure(let failure): .refused(failure.kind)
        }
    }
}
