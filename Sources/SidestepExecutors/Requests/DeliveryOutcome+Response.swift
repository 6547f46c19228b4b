import SidestepEngine
import SidestepHTTPClient

extension DeliveryOutcome {
    /// Any status of 200 to 299 means that a letter was taken.
    ///
    /// - Parameters:
    ///   - whom: who answered, for people.
    ///   - final: statuses after which it is not sent again.
    init(_ result: Result<HTTPResponse, HTTPFailure>, of whom: String, final: Set<Int> = []) {
        switch result {
        case .failure(let failure): self.init(problem: failure.message, isFinal: failure.isOfPolicy)
        case .success(let response):
            let isTaken = (200...299).contains(response.status)
            self.init(
                httpStatus: Int64(response.status),
                problem: isTaken ? nil : "\(whom) answered \(response.status)",
                retryAfterMilliseconds: isTaken ? nil : RetryAfter.milliseconds(response),
                isFinal: final.contains(response.status))
        }
    }
}
