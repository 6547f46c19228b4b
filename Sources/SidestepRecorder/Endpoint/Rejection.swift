import SidestepRecording

/// Why the recorder itself answers a request.
struct Rejection: Error, Equatable {
    let reason: ProviderError.Reason
    let message: String

    init(_ reason: ProviderError.Reason, _ message: String) {
        (self.reason, self.message) = (reason, message)
    }
}
