import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore
import TestSupport

/// The operator's part of a random program: forks, removal, export and import.
extension Program {
    func operateMore() throws {
        switch random.below(5) {
        case 0, 1: try forkRun()
        case 2: try delete(pickRun())
        case 3: try importRun()
        default: if random.oneIn(4) { try prune() }
        }
        try settleWaiters()
    }

    /// A run to do something to: forks and imports only while they are there,
    /// so that their names get free for the next.
    func pickRun() -> String {
        random.pick(runNames.filter { $0.hasPrefix("r") || oracle.runs[$0] != nil })
    }

    private func forkRun() throws {
        let (name, new, client) = (pickRun(), random.pick(["f1", "f2"]), random.pick(clients))
        let step = random.oneIn(2) ? random.pick(stepNames) : nil
        if name != new, oracle.runs[new] != nil { try delete(new) }
        var command = ForkRun(run: name)
        command.newRun = new
        if let step { command.point = .step(step) }
        // The daemon would recognise a repeated call; the oracle keeps no lineage.
        if oracle.runs[new] != nil { return }
        let expected = oracle.fork(name, to: new, step: step)
        let actual = reply(daemon.call(command, by: client)) { Reply.status($0.view.run.status) }
        try compare("fork \(name) to \(new) at \(step ?? "its end")", client, expected, actual)
    }

    private func delete(_ name: String) throws {
        let client = random.pick(clients)
        let expected = oracle.delete(name)
        let actual = reply(daemon.call(DeleteRun(run: name), by: client)) { deleted -> Reply in
            // The daemon says whether there was one; how many generations went, the oracle alone knows.
            if case .removed(let count) = expected, deleted == (count > 0) { return expected }
            return .removed(deleted ? 1 : 0)
        }
        try compare("delete \(name)", client, expected, actual)
        // The rows go while the program goes on, or at once.
        if random.oneIn(2) { pass(20) }
    }

    private func prune() throws {
        let client = random.pick(clients)
        let expected = oracle.prune()
        let filter = PruneFilter(
            before: daemon.clock.now().advanced(byMilliseconds: 1_000_000), workflow: nil, status: nil)
        let actual = reply(daemon.call(PruneRuns(filter: filter), by: client)) { Reply.removed($0.runs) }
        try compare("prune", client, expected, actual)
    }

    private func importRun() throws {
        let (name, client) = (pickRun(), random.pick(clients))
        let target = random.oneIn(3) ? name : "i1"
        // Before the export: time may pass with it.
        if name != target, oracle.runs[target] != nil, random.oneIn(2) { try delete(target) }
        guard let lines = try export(name, client) else { return }
        let expected = oracle.copy(name, to: target)
        var continuation: String?
        var rest = lines[...]
        var actual = Reply.done
        repeat {
            let count = max(3, 1 + random.below(rest.count))
            var command = ImportRun(lines: Array(rest.prefix(count)))
            command.name = target
            command.continuation = continuation
            rest = rest.dropFirst(count)
            let result = daemon.call(command, by: client)
            continuation = try? result.get().continuation
            actual = reply(result) { done in done.view.map { .status($0.run.status) } ?? .done }
        } while actual == .done && !rest.isEmpty
        try compare("import \(name) as \(target)", client, expected, actual)
    }

    /// All lines of a run, in pages of chance; nil when there is none.
    private func export(_ name: String, _ client: TestClient) throws -> [RawJSON]? {
        guard oracle.runs[name] != nil else { return nil }
        var lines: [RawJSON] = []
        var cursor: ExportCursor?
        repeat {
            var export = ExportRun(run: name, daemonVersion: "test")
            export.maxBytes = random.pick([1, 200, 1 << 20])
            export.cursor = cursor.flatMap { ExportCursor($0.text) }
            let page = try daemon.query(export, by: client)
            lines += page.lines
            cursor = page.next
        } while cursor != nil
        return lines
    }
}
