import SidestepProtocol

extension SidestepClient.Configuration {
    /// Executes `body` within what all observers put around it; the first one is the outermost.
    func observed<Value>(
        _ activity: @autoclosure () -> Activity, _ body: () async throws -> Value
    ) async throws -> Value {
        if observers.isEmpty { return try await body() }
        return try await Self.surround(activity(), by: observers[...], body)
    }

    private static func surround<Value>(
        _ activity: Activity, by observers: ArraySlice<any Observer>, _ body: () async throws -> Value
    ) async throws -> Value {
        guard let first = observers.first else { return try await body() }
        return try await first.surround(activity) {
            try await surround(activity, by: observers.dropFirst(), body)
        }
    }

    /// The span that the calling code is in: the observers', else that of the step whose body it is.
    var traceparent: String? {
        observers.lazy.compactMap { $0.headers["traceparent"] }.first ?? StepContext.current?.traceparent
    }

    /// The metadata of a run with what the observers keep with it; nil when that is nothing.
    ///
    /// Metadata that is no object, or has a member of that name, stays as it is.
    func metadataWithHeaders(_ metadata: RawJSON?) -> RawJSON? {
        var headers: [String: String] = [:]
        for observer in observers { headers.merge(observer.headers) { first, _ in first } }
        let members = (metadata ?? .emptyObject)
        guard !headers.isEmpty, members.kind == .object else { return nil }
        let known = members.members
        let new = headers.filter { header in !known.contains { $0.key == header.key } }
        guard !new.isEmpty else { return nil }
        return .object { writer in
            for (name, value) in known { writer.member(name, value) }
            new.write(to: &writer)
        }
    }

    /// What was kept with a run that somebody else made.
    func headers(in metadata: RawJSON?) -> [String: String] {
        guard !observers.isEmpty, let metadata else { return [:] }
        let texts = metadata.members.compactMap { member in member.value.string.map { (member.key, $0) } }
        return Dictionary(texts) { first, _ in first }
    }
}
