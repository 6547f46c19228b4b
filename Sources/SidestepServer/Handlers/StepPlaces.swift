import SidestepProtocol

/// Where the parameters stand of a method that begins a step. Every step comes this way: nothing is searched for.
struct BeginPlaces {
    let step, fingerprint, atMostOnce, retry, timeouts, metadata, compensation: Place
    let limit, breaker, reserve, wait: Place

    init(_ name: String) {
        let method = MethodTable.known(name)
        step = method.place("step")
        fingerprint = method.place("fingerprint")
        atMostOnce = method.place("at_most_once")
        retry = method.place("retry")
        timeouts = method.place("timeouts")
        metadata = method.place("metadata")
        compensation = method.place("compensation")
        limit = method.place("limit")
        breaker = method.place("breaker")
        reserve = method.place("reserve")
        wait = method.place("wait_ms")
    }
}

/// The same of one that records a step's output.
struct CompletePlaces {
    let step, output, attempt, fingerprint, usage, metadata, started: Place

    init(_ name: String) {
        let method = MethodTable.known(name)
        step = method.place("step")
        output = method.place("output")
        attempt = method.place("attempt")
        fingerprint = method.place("fingerprint")
        usage = method.place("usage")
        metadata = method.place("metadata")
        started = method.place("started_at")
    }
}

extension MethodTable {
    /// A method that there is.
    fileprivate static func known(_ name: String) -> Method {
        guard let method = named(name) else { preconditionFailure("there is no method \(name)") }
        return method
    }
}
