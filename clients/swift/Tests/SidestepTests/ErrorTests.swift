import FoundationEssentials
import SidestepProtocol
import Testing

@testable import Sidestep

@Suite struct ErrorTests {
    private struct Refused: DurableError {
        let isRetryable = false
        let retryAfter: Duration? = .seconds(2)
    }
    private struct Plain: Error {}
    private let payloads = SidestepClient.Configuration().payloads

    @Test("every member of an error's data is read")
    func members() throws {
        let line =
            #"{"jsonrpc":"2.0","id":7,"error":{"code":-32000,"message":"It is owned.","data":{"#
            + #""kind":"run_owned","run":"r","owner":{"pid":12,"uid":0,"kind":"process","since_at":5},"#
            + #""retry_after_ms":1500,"hint":"Wait."}}}"#
        guard case .answer(7, .failure(let error)) = Incoming(line: Array(line.utf8)[...]) else {
            Issue.record("no answer")
            return
        }
        #expect(error.kind == .runOwned)
        #expect(error.run == "r")
        #expect(
            error.owner == .init(pid: 12, uid: 0, kind: "process", since: Date(timeIntervalSince1970: 0.005)))
        #expect(error.retryAfter == .milliseconds(1500))
        #expect(error.hint == "Wait.")
        #expect(error.isTemporary)
        #expect(!error.endsRun)
    }

    @Test("an unknown kind is an error like any other")
    func unknownKind() {
        let error = SidestepError(
            RPCError(code: -32000, message: "m", data: .object { $0.member("kind", "brand_new") }))
        #expect(error.kind == SidestepError.Kind(rawValue: "brand_new"))
        #expect(!error.isTemporary)
    }

    @Test(
        "lines that are not for us are passed over", arguments: ["", "nonsense", "[]", #"{"jsonrpc":"2.0"}"#])
    func noise(line: String) {
        guard case .noise = Incoming(line: Array(line.utf8)[...]) else {
            Issue.record("understood \(line)")
            return
        }
    }

    @Test("an error is recorded with its type's name, message and advice")
    func failures() {
        let plain = Failure(Plain(), payloads)
        #expect(plain.types == ["Plain"])
        #expect(plain.isRetryable)
        let refused = Failure(Refused(), payloads)
        #expect(!refused.isRetryable)
        #expect(refused.retryAfter == .seconds(2))
        #expect(
            Failure(AttemptTimeout(limit: .seconds(1)), payloads).error["which"]?.string == "start_to_close")
    }

    @Test("a policy says only what was given")
    func policy() {
        #expect(RetryPolicy().json.text == "{}")
        #expect(RetryPolicy.attempts(3).json.text == #"{"max_attempts":3}"#)
        let full = RetryPolicy(
            initial: .milliseconds(10), factor: 1.5, longest: .seconds(2), delays: [.seconds(1)],
            failOn: ["E"])
        #expect(
            full.json.text
                == #"{"initial_ms":10,"factor":1.5,"max_ms":2000,"delays_ms":[1000],"fail_on":["E"]}"#)
    }
}
