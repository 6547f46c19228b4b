import SidestepHTTPClient

/// Sends requests to the upstreams, each over connections of its own.
final class Providers {
    private var drivers: [String: HTTPDriver] = [:]
    private var sent = 0
    private let credentials: Credentials?

    init(_ credentials: Credentials?) { self.credentials = credentials }

    /// Sends a request as it came, but for the headers of its connection.
    ///
    /// - Returns: the name by which it can be stopped; nil where it cannot be sent, which the handover is told.
    func send(_ request: AgentRequest, body: [UInt8], to handover: Handover) -> String? {
        var policy = RequestPolicy()
        policy.allowsPrivate = request.upstream.isNamed
        policy.usesEnvironment = !request.upstream.isLoopback
        do {
            var outgoing = try HTTPRequest(
                passing: request.method, request.upstream.origin + target(of: request), policy,
                headers: headers(of: request))
            if let key = credentials?[request.upstream.name] {
                let header = Credentials.header(of: request.upstream.name, key)
                try outgoing.add(header.name, header.value)
            }
            outgoing.body = SecretBytes(body)
            outgoing.listener = HTTPListener(
                head: { handover.put(.head(ReplyHead(status: $0, headers: MessageHeaders.incoming($1)))) },
                body: { handover.put(.bytes(Array($0))) })
            sent += 1
            let name = "\(sent)"
            driver(of: request.upstream).send(outgoing, as: name) { result in
                let failure: HTTPFailure? = if case .failure(let failure) = result { failure } else { nil }
                return { handover.put(.ended(failure)) }
            }
            return name
        } catch {
            handover.put(.ended(.transport(error.message)))
            return nil
        }
    }

    /// A request by which a connection becomes a WebSocket.
    func handshake(
        _ upstream: Upstream, _ target: String, _ headers: MessageHeaders.List
    ) throws(Refusal) -> HTTPRequest {
        var policy = RequestPolicy()
        policy.allowsPrivate = upstream.isNamed
        policy.usesEnvironment = !upstream.isLoopback
        let asked = credentials == nil ? target : Credentials.without(target: target)
        var request = try HTTPRequest(
            passing: "GET", upstream.origin + asked, policy,
            headers: credentials == nil ? headers : Credentials.without(headers))
        if let key = credentials?[upstream.name] {
            let header = Credentials.header(of: upstream.name, key)
            try request.add(header.name, header.value)
        }
        return request
    }

    private func target(of request: AgentRequest) -> String {
        credentials == nil ? request.target : Credentials.without(target: request.target)
    }

    private func headers(of request: AgentRequest) -> MessageHeaders.List {
        let headers = MessageHeaders.outgoing(request.headers)
        return credentials == nil ? headers : Credentials.without(headers)
    }

    /// Ends a request at once, with its connection.
    func stop(_ name: String, of upstream: Upstream) { drivers[upstream.name]?.stop(name) }

    func close() { for driver in drivers.values { driver.close() } }

    private func driver(of upstream: Upstream) -> HTTPDriver {
        if let driver = drivers[upstream.name] { return driver }
        let driver = HTTPDriver()
        drivers[upstream.name] = driver
        return driver
    }
}
