import FoundationEssentials
import SidestepProtocol
import Synchronization

extension Run {
    /// Waits for a signal to this run; what came is recorded once, and a replay gets it without waiting.
    ///
    /// Signals are kept in the order in which they are sent, also before anybody waits for them.
    ///
    /// - Returns: the signal's value.
    public func signal<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) async throws
        -> Value
    {
        try client.payloads.decode(type, from: try came(try await payload(ofSignal: name, nil)))
    }

    /// Waits for a signal to this run, for a time.
    ///
    /// - Returns: the signal's value; nil when `timeout` came first, which is recorded, too.
    public func signal<Value: Decodable>(
        _ name: String, as type: Value.Type = Value.self, timeout: Duration
    ) async throws -> Value? {
        try await payload(ofSignal: name, timeout).map { try client.payloads.decode(type, from: $0) }
    }

    /// Waits for a signal to this run whose value does not matter.
    public func signal(_ name: String) async throws { _ = try came(try await payload(ofSignal: name, nil)) }

    /// Waits for a signal to this run whose value does not matter, for a time.
    ///
    /// - Returns: whether it came; false when `timeout` came first, which is recorded, too.
    public func signal(_ name: String, timeout: Duration) async throws -> Bool {
        try await payload(ofSignal: name, timeout) != nil
    }

    /// Waits until somebody settles a promise of this run.
    ///
    /// - Returns: its value.
    /// - Throws: `SidestepError` of kind `promiseRejected` with the recorded error in `failure`.
    public func promise<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) async throws
        -> Value
    {
        try client.payloads.decode(type, from: try came(try await payload(ofPromise: name, nil)))
    }

    /// Waits until somebody settles a promise of this run, for a time.
    ///
    /// - Returns: its value; nil when `timeout` came first.
    /// - Throws: `SidestepError` of kind `promiseRejected` with the recorded error in `failure`.
    public func promise<Value: Decodable>(
        _ name: String, as type: Value.Type = Value.self, timeout: Duration
    ) async throws -> Value? {
        try await payload(ofPromise: name, timeout).map { try client.payloads.decode(type, from: $0) }
    }

    private func payload(ofSignal name: String, _ timeout: Duration?) async throws -> RawJSON? {
        let arrival = try await wait("signal:\(name)", "signal.wait", timeout) { $0.member("signal", name) }
        guard case .signal(_, let value) = arrival else { return nil }
        return value
    }

    private func payload(ofPromise name: String, _ timeout: Duration?) async throws -> RawJSON? {
        let arrival = try await wait("promise:\(name)", "promise.wait", timeout) {
            $0.member("promise", name)
        }
        switch arrival {
        case .promise(_, let value): return value
        case .rejected(_, let failure):
            var error = SidestepError(.promiseRejected, "the promise '\(name)' was rejected", run: id)
            error.failure = failure
            throw error
        default: return nil
        }
    }

    /// What a wait without a time came to: it does not time out, unless an earlier execution gave it a time.
    private func came(_ value: RawJSON?) throws -> RawJSON {
        if let value { return value }
        throw SidestepError(
            .timeout, "the wait is on record as timed out", run: id,
            hint: "it had a time-out when it was recorded: give it one, or another name")
    }

    /// Makes a promise, so that others see what this run will wait for.
    ///
    /// - Parameter metadata: what somebody needs to know to settle it.
    public func createPromise(_ name: String, metadata: (some Encodable & Sendable)? = RawJSON?.none)
        async throws
    {
        let metadata = try metadata.map { try client.payloads.encode($0) }
        try await call("promise.create") { writer in
            writer.member("promise", name)
            writer.member("metadata", metadata)
        }
    }

    /// Waits for the first of several things. The order decides when several are there already.
    public func first(
        _ name: String, of awaited: [Awaited], timeout: Duration? = nil
    ) async throws -> Arrival {
        try StepNames.check(name, run: id)
        return try await firstToCome(name, of: awaited, timeout: timeout)
    }

    /// The wait for the first, under a name that may hold another run's id.
    func firstToCome(_ name: String, of awaited: [Awaited], timeout: Duration? = nil) async throws -> Arrival
    {
        try await wait(name, "wait.first", timeout) { writer in
            writer.array("any") { writer in
                for item in awaited { writer.object(item) }
            }
        }
    }

    /// Sleeps durably: over the death of this process, of the daemon and of the machine.
    public func sleep(_ name: String = "sleep", for duration: Duration) async throws {
        try StepNames.check(name, run: id)
        _ = try await wait(name, "run-step", nil) { $0.member("sleep_ms", duration.milliseconds) }
    }

    /// Sleeps durably until a moment.
    public func sleep(_ name: String = "sleep", until moment: Date) async throws {
        try StepNames.check(name, run: id)
        _ = try await wait(name, "run-step", nil) { $0.member("until_at", moment.milliseconds) }
    }

    // MARK: - One wait

    private func wait(
        _ name: String, _ method: String, _ timeout: Duration?, _ write: (inout JSONWriter) -> Void
    ) async throws -> Arrival {
        try checkOpen()
        let step = nextName(name)
        if let record = journal.withLock({ $0[step] }), record.status == .completed {
            return Arrival(record.payload ?? .null)
        }
        try checkRecorded(step)
        return try await presence.wait(step) {
            try await client.configuration.observed(Activity(kind: .wait, name: step, run: id)) {
                try await untilOver(step, method) { writer in
                    write(&writer)
                    writer.member("timeout_ms", timeout?.milliseconds)
                }
            }
        }
    }

    private func untilOver(
        _ step: String, _ method: String, _ write: (inout JSONWriter) -> Void
    ) async throws -> Arrival {
        while true {
            do {
                let result = try await call(method, isShielded: false) { writer in
                    writer.member("step", step)
                    write(&writer)
                    writer.member("wait_ms", suspendAfter?.milliseconds)
                }
                let output = result["output"] ?? .null
                note(step, output)
                return Arrival(output)
            } catch let error as SidestepError where error.kind == .timeout && error.which == "wait" {
                try await suspend()
            } catch let error as CancellationError {
                // Nobody waits any more: what comes now is for the next wait.
                tell("wait.cancel") { $0.member("step", step) }
                throw error
            }
        }
    }

    private func note(_ step: String, _ output: RawJSON) {
        journal.withLock { $0.note(StepRecord(step: step, status: .completed, payload: output)) }
    }

    /// Lets go of the run until one of its waits is over; returns when one is over already, and while steps execute.
    ///
    /// - Throws: `RunSuspended`, which has to leave the workflow.
    private func suspend() async throws {
        try await presence.leave { waits in
            // Not by `call`, which waits until it is known whether the run is gone.
            do {
                let result = try await client.connection.call(
                    line("run.suspend") { $0.member("steps", waits) }, mayResend: true, isShielded: true)
                if result["suspended"]?.bool == true { end(RunSuspended(run: id)) }
            } catch let error as SidestepError where error.endsRun {
                end(error)
            }
        }
        try checkOpen(for: .ending)
    }
}
