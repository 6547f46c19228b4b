import SidestepStore
import TestSupport
import Testing

@testable import SidestepModel

/// Every combination of filters against a plain look at all runs.
@Suite struct RunListTests {
    private struct Made {
        let key: Int64
        let run: RunRecord
        let tags: [String: String]
    }

    @Test("every combination of filters finds what a plain look at all runs finds, page by page")
    func combinations() throws {
        try withSession { session throws in
            let random = SeededRandom(seed: 7)
            let made = try (0..<300).map { try make($0, session, random) }
            for _ in 0..<600 {
                let filter = randomFilter(random)
                let wanted = made.filter { matches($0, filter) }.map(\.key).reversed()
                #expect(try pages(filter, session) == Array(wanted), "\(filter)")
            }
        }
    }

    private func make(_ index: Int, _ session: any StoreTransaction, _ random: SeededRandom) throws -> Made {
        var run = RunRecord(
            key: 0, id: "run-\(index)", userID: random.pick([1, 2]), generation: 1, uid: "u\(index)",
            workflow: random.pick(["research", "invoice"]), now: Instant(milliseconds: Int64(1000 + index)))
        let key = try session.insertRun(run, input: nil)
        run.key = key
        run.status = random.pick([.queued, .paused, .completed, .failed])
        run.closed = run.status.isClosed ? Instant(milliseconds: 9000) : nil
        try session.updateRun(run, expecting: 0)
        var tags = ["team": random.pick(["red", "blue"])]
        if random.oneIn(2) { tags["n"] = random.pick(["1", "2"]) }
        if random.oneIn(3) { tags["x"] = "y" }
        for (name, value) in tags { try session.setRunTag(key: key, name: name, value: value) }
        return Made(key: key, run: run, tags: tags)
    }

    private func randomFilter(_ random: SeededRandom) -> RunFilter {
        var filter = RunFilter(user: random.pick([nil, 1, 2]))
        if random.oneIn(2) { filter.workflow = random.pick(["research", "invoice", "none"]) }
        if random.oneIn(3) { filter.status = random.pick([.queued, .completed, .failed, .running]) }
        if random.oneIn(4) { filter.isOpen = true }
        let tags = [("team", random.pick(["red", "blue"])), ("n", "1"), ("x", "y")]
        filter.tags = tags.prefix(random.below(4)).map { (name: $0.0, value: $0.1) }
        if random.oneIn(4) { filter.createdAfter = Instant(milliseconds: Int64(1000 + random.below(300))) }
        if random.oneIn(4) { filter.createdBefore = Instant(milliseconds: Int64(1000 + random.below(300))) }
        if random.oneIn(3) { filter.text = random.pick(["run-1", "9", "research", "Research", "nothing"]) }
        filter.limit = random.pick([1, 7, 1000])
        return filter
    }

    private func matches(_ made: Made, _ filter: RunFilter) -> Bool {
        let run = made.run
        return (filter.user ?? run.userID) == run.userID
            && (filter.workflow ?? run.workflow) == run.workflow
            && (filter.status ?? run.status) == run.status
            && !(filter.isOpen && run.status.isClosed)
            && filter.tags.allSatisfy { made.tags[$0.name] == $0.value }
            && filter.createdAfter.map { run.created > $0 } ?? true
            && filter.createdBefore.map { run.created < $0 } ?? true
            && filter.text.map { run.id.contains($0) || run.workflow.contains($0) } ?? true
    }

    private func pages(_ filter: RunFilter, _ session: any StoreTransaction) throws -> [Int64] {
        var (filter, keys) = (filter, [Int64]())
        while true {
            let page = try session.runs(filter)
            keys += page.items.map(\.key)
            #expect(page.items.count <= filter.limit)
            guard page.hasMore else { return keys }
            filter.before = page.items.last?.key
        }
    }

    private func withSession(_ body: @escaping (any StoreTransaction) throws -> Void) throws {
        try withStore { bench in try bench.perform(body) }
    }
}
