import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore
import TestSupport

extension AgentProgram {
    private static let threads = ["t1", "t2"]
    private static let channels = ["x", "y", "z"]
    private static let runs = ["g1", "g2", "g3"]
    private static let ids = (0..<9).map { "k\($0)" }

    private func pickAddress() -> AgentOracle.Address {
        .init(thread: random.pick(Self.threads), namespace: random.pick(["", "", "sub"]))
    }

    func graph() throws {
        switch random.below(20) {
        case 0..<8: try put()
        case 8..<13: try write()
        case 13..<15: try readHistory()
        case 15: try copy()
        case 16: try deleteThread()
        case 17: try deleteRuns()
        case 18: try prune()
        default: try list()
        }
    }

    private func put() throws {
        let (address, id) = (pickAddress(), random.pick(Self.ids))
        let parent = random.oneIn(6) ? nil : random.pick(Self.ids)
        var wanted = AgentOracle.Checkpoint(
            parent: parent, data: "data \(random.below(4))", run: random.pick(Self.runs))
        for channel in Self.channels {
            switch random.below(4) {
            case 0: wanted.channels.append(channel)
            case 1: wanted.deltas.append(channel)
            case 2: wanted.values[channel] = "value \(random.below(3))"
            default: break
            }
        }
        var checkpoint = GraphCheckpoint(
            place: 0, id: id, parent: parent, value: value(wanted.data),
            metadata: Payload(text: #"{"run_id":"\#(wanted.run)"}"#))
        checkpoint.channels = list(wanted.channels)
        checkpoint.deltas = list(wanted.deltas)
        let values = wanted.values.map { (channel: $0.key, value: value($0.value)) }
        try daemon.call(PutGraph(.init(address), checkpoint, values: values), by: client).get()
        oracle.put(address, id, wanted)
        try compareNewest(address, "put \(address.thread)/\(address.namespace) \(id)")
    }

    private func compareNewest(_ address: AgentOracle.Address, _ what: String) throws {
        let found = try daemon.query(GetGraph(.init(address), checkpoint: nil), by: client)
        try compare(what, oracle.places[address]?.newest, found?.checkpoint.id)
    }

    private func write() throws {
        let (address, id, replace) = (pickAddress(), random.pick(Self.ids), random.oneIn(3))
        let key = AgentOracle.WriteKey(task: random.pick(["a", "b"]), index: random.below(3) - 1)
        let write = AgentOracle.Write(channel: random.pick(Self.channels), data: "write \(random.below(5))")
        let sent = GraphWrite(
            task: key.task, path: "", index: Int64(key.index), channel: write.channel,
            value: value(write.data))
        try daemon.call(
            PutGraphWrites(.init(address), checkpoint: id, writes: [sent], replace: replace), by: client
        ).get()
        oracle.write(address, id, key, write, replace: replace)
        try compareNewest(address, "write \(id) \(key) replace \(replace)")
    }

    private func readHistory() throws {
        let (address, id) = (pickAddress(), random.pick(Self.ids))
        let histories = try daemon.query(
            GraphDeltaHistory(.init(address), checkpoint: id, channels: Self.channels), by: client)
        for history in histories {
            let wanted = oracle.history(address, id, history.channel)
            let what = "history of \(history.channel) at \(address.thread)/\(address.namespace) \(id)"
            try compare(what, wanted.writes, history.writes.map { text($0.value) })
            let seed = history.seed.map(text) ?? history.holder.map { "whole " + text($0) }
            try compare(what + ", seed", wanted.seed ?? "none", seed ?? "none")
        }
    }

    private func copy() throws {
        let (thread, target) = (random.pick(Self.threads), random.pick(Self.threads + ["t3"]))
        try daemon.call(CopyGraphThread(thread: thread, target: target), by: client).get()
        oracle.copy(thread, to: target)
        note("copy \(thread) to \(target)")
        try compareGraphs()
    }

    private func deleteThread() throws {
        let thread = random.pick(Self.threads + ["t3"])
        let isDone = try daemon.call(DeleteGraphThread(thread: thread), by: client).get()
        try compare("delete thread \(thread)", oracle.deleteThread(thread), isDone)
    }

    private func deleteRuns() throws {
        let runs = random.oneIn(2) ? [random.pick(Self.runs)] : []
        let deleted = try daemon.call(DeleteGraphRuns(runs: list(runs)), by: client).get()
        try compare("delete runs \(runs)", oracle.deleteRuns(runs), deleted)
    }

    private func prune() throws {
        let thread = random.pick(Self.threads)
        let deleted = try daemon.call(PruneGraphs(threads: [thread]), by: client).get()
        try compare("prune \(thread)", oracle.prune(thread), deleted)
    }

    /// Page by page, all of a thread or of everything.
    private func list() throws {
        let thread = random.oneIn(2) ? random.pick(Self.threads) : nil
        let before = random.oneIn(3) ? random.pick(Self.ids) : nil
        let run = random.oneIn(3) ? random.pick(Self.runs) : nil
        let limit = random.pick([1, 2, 100])
        var after: (id: String, key: Int64)?
        var found: [String] = []
        repeat {
            let (start, wanted) = (after, run.map { Payload(text: #"{"run_id":"\#($0)"}"#) })
            let page = try daemon.query(
                ListGraphs { user in
                    var filter = GraphFilter(user: user)
                    (filter.thread, filter.before, filter.metadata) = (thread, before, wanted)
                    (filter.after, filter.limit) = (start, limit)
                    return filter
                }, by: client)
            found += page.items.map(\.checkpoint.id)
            after = page.hasMore ? page.items.last.map { ($0.checkpoint.id, $0.checkpoint.key) } : nil
        } while after != nil
        var all: [String] = []
        for (address, place) in oracle.places where (thread ?? address.thread) == address.thread {
            for (id, one) in place.checkpoints where (run ?? one.run) == one.run {
                if before.map({ id < $0 }) ?? true { all.append(id) }
            }
        }
        try compare("list \(thread ?? "all") before \(before ?? "-")", all.sorted(by: >), found)
    }

    func compareGraphs() throws {
        let listed = try daemon.query(
            ListGraphs { user in
                var filter = GraphFilter(user: user)
                filter.limit = 10_000
                return filter
            }, by: client)
        var found: [AgentOracle.Address: [String: AgentOracle.Checkpoint]] = [:]
        for view in listed.items {
            let one = view.checkpoint
            let address = AgentOracle.Address(thread: one.thread, namespace: one.namespace)
            found[address, default: [:]][one.id] = checkpoint(view)
            try compare(
                "writes at \(one.id)", writes(oracle.places[address]?.writes[one.id] ?? [:]),
                view.writes.map { "\($0.task) \($0.index) \($0.channel) \(text($0.value))" })
        }
        for address in Set(found.keys).union(oracle.places.keys) {
            try compare(
                "checkpoints of \(address.thread)/\(address.namespace)",
                oracle.places[address]?.checkpoints ?? [:], found[address] ?? [:])
        }
    }

    // MARK: Both ways

    private func value(_ text: String) -> GraphValue { GraphValue(type: "test", data: Array(text.utf8)) }

    private func text(_ value: GraphValue) -> String { String(decoding: value.data, as: UTF8.self) }

    private func list(_ names: [String]) -> Payload {
        Payload(text: "[" + names.map { "\"\($0)\"" }.joined(separator: ",") + "]")
    }

    private func writes(_ writes: [AgentOracle.WriteKey: AgentOracle.Write]) -> [String] {
        writes.sorted { $0.key < $1.key }.map { "\($0.task) \($0.index) \($1.channel) \($1.data)" }
    }

    private func checkpoint(_ view: GraphView) -> AgentOracle.Checkpoint {
        let one = view.checkpoint
        return AgentOracle.Checkpoint(
            parent: one.parent, data: text(one.value),
            run: RawJSON(validated: one.metadata)["run_id"]?.string ?? "",
            channels: names(one.channels), deltas: names(one.deltas),
            values: Dictionary(uniqueKeysWithValues: view.values.map { ($0.channel, text($0.value)) }))
    }

    private func names(_ payload: Payload?) -> [String] {
        payload.map { RawJSON(validated: $0).elements.compactMap(\.string) } ?? []
    }
}

extension GraphAddress {
    fileprivate init(_ address: AgentOracle.Address) {
        self.init(thread: address.thread, namespace: address.namespace)
    }
}
