import SidestepEngine
import SidestepModel
import SidestepStore
import TestSupport
import Testing

/// The engine over a store that performs every job twice and tells of batches in random order.
@Suite struct LooseStoreTests {
    @Test(
        "a wait ends with a signal that is committed at the same time, whatever is told of first",
        arguments: 0..<16)
    func waitAgainstSignal(seed: UInt64) throws {
        try EngineBench.loose(seed: seed) { bench throws in
            let owner = bench.daemon.connect()
            let lease = try bench.resume("r", by: owner).lease!
            var wait = AwaitStep(proof: .text(lease), step: "a")
            wait.conditions = [WaitCondition(.signal, "approve")]
            var send = SendSignal(run: "r", signal: "approve")
            send.value = Payload(text: "1")
            let (waiting, sent) = bench.daemon.start(wait, and: send, by: owner)
            #expect(kind(sent.result) == nil)
            #expect(waiting.output == #"{"by":"signal","name":"approve","value":1}"#)
        }
    }

    @Test(
        "who takes a run up while its owner lets it go is watched, whatever is told of first",
        arguments: 0..<16)
    func grantAgainstEnd(seed: UInt64) throws {
        try EngineBench.loose(seed: seed) { bench throws in
            let owner = bench.daemon.connect()
            let lease = try bench.resume("r", by: owner).lease!
            var resume = ResumeRun(
                owner: .init(kind: .connection, process: owner.peer.process, ttlMilliseconds: nil))
            resume.run = "r"
            let (released, resumed) = bench.daemon.start(
                ReleaseRun(proof: .text(lease)), and: resume, by: owner)
            #expect(kind(released.result) == nil && kind(resumed.result) == nil)
            #expect(try bench.status("r") == .running)
            bench.daemon.kill(owner)
            #expect(try bench.status("r") == .interrupted)
        }
    }
}
