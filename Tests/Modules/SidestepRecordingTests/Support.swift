import SidestepProtocol
import SidestepRecording

/// The secret of the tests' runs.
let secret = [UInt8](repeating: 7, count: 32)

/// A call with a body of JSON.
func request(
    _ body: String, target: String = "/v1/chat/completions", upstream: String = "openai",
    headers: [(name: String, value: String)] = [("Content-Type", "application/json")]
) -> RecordedRequest {
    RecordedRequest(
        method: "POST", upstream: upstream, target: target, headers: headers, body: Array(body.utf8))
}

/// The keys of such a call.
func keys(_ body: String, _ options: KeyOptions = KeyOptions()) -> CallKeys {
    CallKeys(of: request(body), secret: secret, options: options)
}

/// Numbers that look random and are the same each time.
struct Dice: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }
}
