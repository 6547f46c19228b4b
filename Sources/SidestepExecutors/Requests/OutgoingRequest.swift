import SidestepHTTPClient
import SidestepModel

/// A request of a step on its way, and which of it only its own origin may get.
struct OutgoingRequest {
    var request: HTTPRequest
    var url: RequestURL { request.url }
    /// The headers that hold a secret, in lower case.
    var secretHeaders: Set<String> = []
    var hasSecretBody = false
    /// How many redirects may still be followed.
    var redirectsLeft: Int64 = 0

    /// What is meant for one origin whoever set it: RFC 9110 §11.6.2, RFC 6265.
    private static let personal: Set<String> = ["authorization", "cookie", "proxy-authorization"]

    /// The request that an answer asks for instead: RFC 9110 §15.4. nil when the answer stands.
    ///
    /// - Throws: why it is not sent.
    func redirected(
        _ status: Int, to location: String, _ policy: RequestPolicy
    ) throws(Refusal) -> OutgoingRequest? {
        guard redirectsLeft > 0, [301, 302, 303, 307, 308].contains(status) else { return nil }
        guard let target = url.resolving(location), ["http", "https"].contains(target.scheme) else {
            throw Refusal(type: "redirect", message: "the server redirects to what is no http or https URL")
        }
        if url.scheme == "https", target.scheme == "http" {
            throw Refusal(type: "redirect", message: "a redirect from https to http is not followed")
        }
        var next = self
        try next.request.turn(to: target, policy)
        next.redirectsLeft -= 1
        if request.method != "HEAD", status == 303 || status < 303 && request.method == "POST" {
            next.becomeGet()
        }
        if !target.hasOrigin(of: url) { try next.leaveOrigin() }
        return next
    }

    private mutating func becomeGet() {
        request.method = "GET"
        request.body = SecretBytes()
        hasSecretBody = false
        request.removeHeaders { $0.hasPrefix("content-") }
    }

    private mutating func leaveOrigin() throws(Refusal) {
        if hasSecretBody {
            throw Refusal(
                type: "redirect", message: "a body with a credential is not sent on to another origin")
        }
        let kept = secretHeaders.union(Self.personal)
        request.removeHeaders { kept.contains($0) }
        secretHeaders = []
    }
}
