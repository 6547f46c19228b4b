import SidestepEngine
import SidestepModel
import SidestepStore
import TestSupport
import Testing

/// Random lives of recorders and daemons, beside a model of a few lines.
@Suite struct RecordingModelTests {
    /// What is known of a call.
    private struct Known {
        var state = RecordingState.started
        var recorder: String
        var reserved: Int64
        var used: Int64 = 0
        var body: String?
    }

    private struct World {
        var run: RecordingBench
        var recorder = "r0"
        var calls: [Known] = []
        var chance: SeededRandom
        var recorders = 1

        mutating func pick(_ count: Int) -> Int { Int(chance.fraction() * Double(count)) }

        /// A call of which nobody knows the end for good.
        mutating func open() -> Int? {
            let open = calls.indices.filter { [.started, .inDoubt].contains(calls[$0].state) }
            return open.isEmpty ? nil : open[pick(open.count)]
        }
    }

    @Test(
        "whatever recorders and daemons do and die of, calls have one end, and budgets are the sum of them",
        arguments: 1...16)
    func lives(seed: UInt64) throws {
        try EngineBench.with { bench throws in
            let run = try RecordingBench(bench, budget: [(.tokens, 1_000_000), (.calls, 1_000_000)])
            var world = World(run: run, chance: SeededRandom(seed: seed))
            try world.run.open(world.recorder)
            for _ in 0..<60 {
                try Self.acts[world.pick(Self.acts.count)](&world)
                try compare(world)
            }
        }
    }

    private static let acts: [@Sendable (inout World) throws -> Void] = [
        begin, begin, begin, complete, complete, fail, reroll, nextEpoch, nextRecorder, restart, again,
    ]

    private static func begin(_ world: inout World) throws {
        let reserved = Int64(world.pick(50))
        let number = try world.run.begin(
            "c\(world.calls.count)", recorder: world.recorder, reserve: #"{"tokens":\#(reserved)}"#
        ).get()
        #expect(number == Int64(world.calls.count + 1))
        world.calls.append(Known(recorder: world.recorder, reserved: reserved))
    }

    private static func complete(_ world: inout World) throws {
        guard let index = world.open() else { return }
        let (body, used) = ("answer \(world.pick(1000))", world.pick(2) == 0 ? Int64(world.pick(90)) : nil)
        let usage = used.map { #"{"tokens":\#($0)}"# }
        let call = "c\(index)"
        _ = try world.run.complete(Int64(index + 1), call, body: body, usage: usage).get()
        let known = world.calls[index]
        world.calls[index].used = used ?? (known.state == .started ? known.reserved : known.used)
        (world.calls[index].state, world.calls[index].body) = (.completed, body)
    }

    private static func fail(_ world: inout World) throws {
        guard let index = world.open() else { return }
        let known = world.calls[index]
        let event: RecordingEvent = [.failed, .cancelled][world.pick(2)]
        _ = try world.run.fail(Int64(index + 1), "c\(index)", event).get()
        let assumed = known.state == .started ? known.reserved : known.used
        world.calls[index].used = event == .failed ? 0 : assumed
        world.calls[index].state = event == .failed ? .failed : .cancelled
    }

    private static func reroll(_ world: inout World) throws {
        let done = world.calls.indices.filter { world.calls[$0].state == .completed }
        guard !done.isEmpty else { return }
        let index = done[world.pick(done.count)]
        let reroll = RerollRecording(run: "r", recording: Int64(index + 1))
        _ = try world.run.bench.daemon.call(reroll, by: world.run.client).get()
        world.calls[index].state = .superseded
    }

    private static func nextEpoch(_ world: inout World) throws {
        try world.run.hold(recorder: world.recorder)
    }

    /// The supervisor dies, and another one takes the run up.
    private static func nextRecorder(_ world: inout World) throws {
        world.run.bench.daemon.kill(world.run.client)
        world.run.bench.daemon.loop.advance(100_000)
        world.run.client = world.run.bench.daemon.connect()
        world.recorder = "r\(world.recorders)"
        world.recorders += 1
        try world.run.hold(recorder: world.recorder) { $0.maxInterruptions = 1_000_000 }
        for index in world.calls.indices where world.calls[index].state == .started {
            world.calls[index].state = .inDoubt
            world.calls[index].used = world.calls[index].reserved
        }
    }

    private static func restart(_ world: inout World) throws {
        try world.run.bench.daemon.restart()
        world.run.client = world.run.bench.daemon.reconnect(world.run.client)
        try world.run.open(world.recorder)
    }

    /// A message whose reply was lost comes again: of any call, whatever became of it.
    private static func again(_ world: inout World) throws {
        guard !world.calls.isEmpty else { return }
        let index = world.pick(world.calls.count)
        #expect(try world.run.begin("c\(index)", recorder: world.recorder).get() == Int64(index + 1))
        guard world.calls[index].body != nil else { return }
        _ = try world.run.complete(Int64(index + 1), "c\(index)", body: "another").get()
    }

    private func compare(_ world: World) throws {
        let expected = world.calls.enumerated().map { "\($0.offset + 1) \($0.element.state.rawValue)" }
        #expect(try world.run.states() == expected)
        let started = world.calls.filter { $0.state == .started }
        let used = world.calls.reduce(0) { $0 + $1.used }
        let reserved = started.reduce(0) { $0 + $1.reserved }
        #expect(try world.run.budget(.tokens) == [1_000_000, used, reserved])
        let calls = Int64(world.calls.count - started.count)
        #expect(try world.run.budget(.calls) == [1_000_000, calls, Int64(started.count)])
        for (index, call) in world.calls.enumerated() {
            #expect(try world.run.answer(Int64(index + 1)) == call.body)
        }
    }
}
