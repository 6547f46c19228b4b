import SidestepEngine
import SidestepModel
import SidestepProtocol
import Testing

@testable import SidestepExecutors
@testable import SidestepHTTPClient

@Suite("What an answer means for its step")
struct RequestOutcomeTests {
    private func exchange(_ spec: String = "{}") -> Exchange {
        Exchange(
            spec: RawJSON(validated: ArraySlice(spec.utf8)),
            secrets: SecretText { .failure(CredentialProblem(message: $0)) })
    }

    private func failure(_ result: Result<HTTPResponse, HTTPFailure>, _ spec: String = "{}") -> AttemptError?
    {
        if case .failed(_, let error) = exchange(spec).outcome(result) { error } else { nil }
    }

    private func answer(_ status: Int, retryAfter: Int64? = nil) -> Result<HTTPResponse, HTTPFailure> {
        .success(HTTPResponse(status: status, retryAfterSeconds: retryAfter))
    }

    @Test("200 to 299 are successes, and nothing else")
    func successes() {
        for status in 100...599 {
            #expect((failure(answer(status)) == nil) == (200...299).contains(status), "\(status)")
        }
    }

    @Test("408, 425, 429 and 500 to 599 may be tried again, and nothing else")
    func classes() throws {
        for status in Array(100..<200) + Array(300...599) {
            let error = try #require(failure(answer(status)))
            #expect(error.types == ["status:\(status)", "status"])
            #expect(error.retryable == ([408, 425, 429].contains(status) || status >= 500), "\(status)")
        }
    }

    @Test("A status that the step accepts is a success")
    func accepted() {
        #expect(failure(answer(404), #"{"accept":[404,409]}"#) == nil)
        #expect(failure(answer(410), #"{"accept":[404,409]}"#) != nil)
    }

    @Test("Retry-After is heeded up to a day, and only where another attempt may come")
    func retryAfter() {
        #expect(failure(answer(503, retryAfter: 7))?.retryAfterMilliseconds == 7000)
        #expect(failure(answer(429, retryAfter: 86_400))?.retryAfterMilliseconds == 86_400_000)
        #expect(failure(answer(429, retryAfter: 86_401))?.retryAfterMilliseconds == 86_400_000)
        #expect(failure(answer(429, retryAfter: .max))?.retryAfterMilliseconds == 86_400_000)
        #expect(failure(answer(503))?.retryAfterMilliseconds == nil)
        #expect(failure(answer(404, retryAfter: 7))?.retryAfterMilliseconds == nil)
    }

    @Test(
        "Without an answer: time and connection may be another matter later, size and address not",
        arguments: [
            (HTTPFailure.timeout, "timeout", true), (.transport("no route"), "connection", true),
            (.tooLarge(limit: 9), "response_too_large", false),
            (.refused(address: "::1"), "address_not_allowed", false),
        ])
    func failures(_ failure: HTTPFailure, _ type: String, _ isRetryable: Bool) {
        let error = self.failure(.failure(failure))
        #expect(error?.types == [type])
        #expect(error?.retryable == isRetryable)
    }

    @Test(
        "Values of a header come in their order, by any spelling of the name, without the spaces around them")
    func headers() {
        let response = HTTPResponse(status: 200)
        response.head.append(
            "HTTP/1.1 200 OK\r\nX-A:  one \r\nx-a:two\r\nX-AB: no\r\nX-A\r\nX-Empty:\r\n\r\n".utf8)
        let texts = { (name: String) in
            response.values(of: name).map { String(decoding: Array($0), as: UTF8.self) }
        }
        #expect(texts("x-a") == ["one", "two"])
        #expect(texts("x-empty") == [""])
        #expect(texts("x-none") == [])
    }

    @Test("A header is plain ASCII, whatever the step is called")
    func headerText() {
        #expect(RequestMaker.headerText("uid/step#2") == "uid/step#2")
        #expect(RequestMaker.headerText("a b%\nü") == "a%20b%25%0a%c3%bc")
    }
}
