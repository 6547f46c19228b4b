import SidestepModel

extension Oracle {
    mutating func begin(
        _ lease: Lease, _ step: String, _ client: (process: Int32, session: Int64), atMostOnce: Bool
    ) -> Reply {
        if let refused = check(lease, client, for: .ending) { return .refused(refused) }
        guard var record = runs[lease.run]!.steps[step] else {
            if runs[lease.run]!.cancelAt != nil { return .refused(.runCancelled) }
            runs[lease.run]!.steps[step] = Step(atMostOnce: atMostOnce, holder: client.process)
            return .execute(attempt: 1, delay: 0)
        }
        switch record.status {
        case .completed: return .output(record.output!)
        case .failed: return .refused(.stepFailed)
        case .unknown: return .refused(.stepUnknown)
        case .running where record.holder == client.process:
            return .execute(attempt: record.attempt, delay: max(0, record.ready - now))
        case .running: return .waits
        case .waiting: return .refused(.invalidArgument)
        case .backoff where runs[lease.run]!.cancelAt != nil: return .refused(.runCancelled)
        case .backoff:
            record.status = .running
            record.interrupted = false
            record.atMostOnce = atMostOnce
            record.holder = client.process
            runs[lease.run]!.steps[step] = record
            return .execute(attempt: record.attempt, delay: max(0, record.ready - now))
        }
    }

    /// Whether a message about `attempt` is about the attempt that counts.
    private func isCurrent(_ record: Step, _ attempt: Int64) -> Bool {
        switch record.status {
        case .running, .unknown, .waiting: attempt >= record.attempt
        case .backoff: attempt >= record.attempt || record.interrupted && attempt == record.attempt - 1
        case .completed, .failed: false
        }
    }

    mutating func complete(
        _ lease: Lease, _ step: String, _ client: (process: Int32, session: Int64), attempt: Int64,
        output: String
    ) -> Reply {
        if let refused = check(lease, client, for: .ending) { return .refused(refused) }
        var record = runs[lease.run]!.steps[step] ?? Step(attempt: attempt)
        if record.status == .completed, record.attempt == attempt {
            return record.output == output ? .recorded(attempt: attempt) : .refused(.stepConflict)
        }
        guard isCurrent(record, attempt) else { return .refused(.attemptSuperseded) }
        record.status = .completed
        record.attempt = attempt
        record.interrupted = false
        record.output = output
        record.place = nextPlace()
        runs[lease.run]!.steps[step] = record
        runs[lease.run]!.progressed = true
        return .recorded(attempt: attempt)
    }

    mutating func failStep(
        _ lease: Lease, _ step: String, _ client: (process: Int32, session: Int64), attempt: Int64
    ) -> Reply {
        if let refused = check(lease, client, for: .ending) { return .refused(refused) }
        var record = runs[lease.run]!.steps[step] ?? Step(attempt: attempt)
        if record.status == .completed {
            return .refused(record.attempt == attempt ? .stepConflict : .attemptSuperseded)
        }
        if record.status == .failed {
            return record.attempt == attempt
                ? .failed(delay: nil, attempt: attempt) : .refused(.attemptSuperseded)
        }
        guard isCurrent(record, attempt) else {
            guard record.status == .backoff, attempt == record.attempt - 1 else {
                return .refused(.attemptSuperseded)
            }
            return .failed(delay: max(0, record.ready - now), attempt: record.attempt)
        }
        record.failures += 1
        record.interrupted = false
        record.attempt = attempt
        if record.failures >= Self.attempts {
            record.status = .failed
            runs[lease.run]!.steps[step] = record
            return .failed(delay: nil, attempt: attempt)
        }
        record.status = .backoff
        record.attempt += 1
        record.ready = now + Self.delay(record.failures)
        runs[lease.run]!.steps[step] = record
        return .failed(delay: Self.delay(record.failures), attempt: record.attempt)
    }

    mutating func resolve(_ name: String, _ step: String, completed output: String?) -> Reply {
        guard let run = runs[name] else { return .refused(.runNotFound) }
        guard var record = run.steps[step], record.status == .unknown else {
            return .refused(.invalidArgument)
        }
        record.interrupted = false
        if let output {
            record.status = .completed
            record.output = output
            record.place = nextPlace()
            // A step that a person settles moves the run on, as one that the owner records does.
            runs[name]!.progressed = true
        } else {
            record.status = .backoff
            record.attempt += 1
            record.ready = now
        }
        runs[name]!.steps[step] = record
        if run.status == .paused, run.reason == .unknownStep,
            !runs[name]!.steps.values.contains(where: { $0.status == .unknown })
        {
            _ = unpause(name)
        }
        return .done
    }

    // MARK: Checkpoints and state

    mutating func append(
        _ lease: Lease, _ client: (process: Int32, session: Int64), keep: Int, _ added: [String]
    ) -> Reply {
        if let refused = check(lease, client) { return .refused(refused) }
        guard keep <= runs[lease.run]!.messages.count else { return .refused(.invalidArgument) }
        runs[lease.run]!.messages = runs[lease.run]!.messages.prefix(keep) + added
        save(lease.run)
        runs[lease.run]!.progressed = true
        return .saved(messages: keep + added.count)
    }

    mutating func replaceAll(
        _ lease: Lease, _ client: (process: Int32, session: Int64), _ all: [String]
    ) -> Reply {
        if let refused = check(lease, client) { return .refused(refused) }
        runs[lease.run]!.messages = all
        save(lease.run)
        runs[lease.run]!.progressed = true
        return .saved(messages: all.count)
    }

    mutating func setState(
        _ lease: Lease, _ client: (process: Int32, session: Int64), _ name: String, _ value: String?
    ) -> Reply {
        if let refused = check(lease, client) { return .refused(refused) }
        runs[lease.run]!.state[name] = value
        return .done
    }
}
