import SidestepEngine
import SidestepModel
import SidestepStore
import TestSupport
import Testing

@Suite struct ForkTests {
    @Test("forks of forks are made to a depth of a hundred, and not one deeper")
    func depth() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            try record("r-0", steps: ["s0"], bench, client)
            for depth in 1...100 {
                try fork("r-\(depth - 1)", "r-\(depth)", bench, client)
                try record("r-\(depth)", steps: ["s\(depth)"], bench, client)
            }
            let names = try steps("r-100", bench, client)
            #expect(names == (0...100).map { "s\($0)" })
            var deeper = ForkRun(run: "r-100")
            deeper.newRun = "r-101"
            #expect(kind(bench.daemon.call(deeper, by: client)) == .limitExceeded)
            #expect(try bench.status("r-101") == nil)
        }
    }

    @Test("a fork inside what its source shares hangs on the source's own origin")
    func shortChains() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            try record("a", steps: ["s1", "s2"], bench, client)
            try fork("a", "b", bench, client)
            try record("b", steps: ["s3"], bench, client)
            try fork("b", "c", at: .step("s2"), bench, client)
            let (a, c) = try bench.daemon.read { store in
                (
                    try store.run(user: nil, id: "a", generation: nil),
                    try store.run(user: nil, id: "c", generation: nil)
                )
            }
            #expect(c?.origin?.run == a?.key)
            #expect(try steps("c", bench, client) == ["s1"])
        }
    }

    @Test("what forks need outlives all their sources, and goes with the last fork")
    func deletedSources() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            try record("a", steps: ["s1", "s2", "s3"], bench, client)
            try fork("a", "b", at: .step("s3"), bench, client)
            try fork("a", "c", at: .step("s2"), bench, client)
            try delete("a", bench, client)
            #expect(try steps("b", bench, client) == ["s1", "s2"])
            #expect(try bench.daemon.read { try $0.statistics() }.keptForForks == 1)
            try delete("b", bench, client)
            #expect(try steps("c", bench, client) == ["s1"])
            try delete("c", bench, client)
            let left = try bench.daemon.read { try $0.statistics() }
            #expect(left.keptForForks == 0 && left.beingRemoved == 0 && left.forks == 0)
        }
    }

    @Test("pending signals stay with the source unless they are copied")
    func signals() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            try record("a", steps: ["s1"], bench, client)
            bench.signal("a", "go", "7", by: client)
            try fork("a", "b", bench, client)
            var copying = ForkRun(run: "a")
            copying.newRun = "c"
            copying.copiesSignals = true
            _ = try bench.daemon.call(copying, by: client).get()
            let counts = try bench.daemon.read { store in
                try ["a", "b", "c"].map { name in
                    try store.pendingSignalCount(run: store.run(user: nil, id: name, generation: nil)!.key)
                }
            }
            #expect(counts == [1, 0, 1])
        }
    }

    // MARK: Playing

    /// Records steps and lets the run go.
    private func record(
        _ run: String, steps: [String], _ bench: EngineBench, _ client: TestClient
    ) throws {
        let lease = try #require(try bench.resume(run, by: client).lease)
        for name in steps {
            var step = CompleteStep(proof: .text(lease), step: name)
            step.output = Payload(text: "\"\(run)\"")
            _ = try bench.daemon.call(step, by: client).get()
        }
        _ = try bench.daemon.call(ReleaseRun(proof: .text(lease)), by: client).get()
    }

    private func fork(
        _ run: String, _ new: String, at point: ForkPoint = .end, _ bench: EngineBench, _ client: TestClient
    ) throws {
        var fork = ForkRun(run: run)
        fork.newRun = new
        fork.point = point
        _ = try bench.daemon.call(fork, by: client).get()
    }

    private func delete(_ run: String, _ bench: EngineBench, _ client: TestClient) throws {
        #expect(try bench.daemon.call(DeleteRun(run: run), by: client).get())
        bench.daemon.loop.advance(200)
    }

    private func steps(_ run: String, _ bench: EngineBench, _ client: TestClient) throws -> [String] {
        let list = ListSteps(run: run, after: nil, status: nil, limit: 1000, maxBytes: 1 << 20)
        return try bench.daemon.query(list, by: client).items.map(\.step.name)
    }
}
