import Sidestep
import SidestepHost
import SidestepProtocol

// How commands end, and how that is recorded.
extension EachLoop {
    func record(_ job: EachJob, _ ended: StepProcess.Ended) throws {
        // Somebody stopped us, not the command's own doing: it is left as begun.
        if SignalRelay.received != nil && ended.status != 0 { return }
        guard ended.isSuccess else { return try fail(job.item, job.attempt, ended) }
        let (item, output) = (job.item, ended.record)
        try report("step.complete", item, isFailure: false) { writer in
            writer.member("output", output)
            writer.member("attempt", job.attempt)
            if !job.isTold { writer.member("started_at", job.startedAt) }
        } _: { [self] outcome in
            switch outcome {
            case .success: results.settle(item, output, isFailure: false, isRepeated: false)
            case .failure(let error) where error.kind == .payloadTooLarge:
                try fail(item, job.attempt, ended.unsendable(error))
            case .failure(let error): throw error
            }
        }
    }

    func fail(_ item: EachItem, _ attempt: Int?, _ ended: StepProcess.Ended) throws {
        let failure = ended.failure
        try report("step.fail", item, isFailure: true) { writer in
            writer.member("error", failure)
            writer.member("types", ended.types)
            if !ended.isRetryable { writer.member("retryable", false) }
            writer.member("attempt", attempt)
            writer.member("retry", options.retry)
        } _: { [self] outcome in
            let answer = try outcome.get()
            if answer["retry"]?.bool == true {
                let delay = Duration.milliseconds(answer["delay_ms"]?.int ?? 0)
                return pending.append(Pending(item: item, at: .now + delay))
            }
            if let trouble = ended.trouble { Output.complain("sidestep: step \(item.step): \(trouble)") }
            results.settle(item, failure, isFailure: true, isRepeated: false)
        }
    }

    /// Sends how an attempt ended; `done` is called with the answer, unless that says by itself what comes next.
    private func report(
        _ method: String, _ item: EachItem, isFailure: Bool, _ write: (inout JSONWriter) -> Void,
        _ done: @escaping (Result<RawJSON, SidestepError>) throws -> Void
    ) throws {
        recording += 1
        if isFailure { failing += 1 }
        try calls.send(method) { writer in
            writer.member("lease", run.lease)
            writer.member("step", item.step)
            write(&writer)
        } _: { [self] outcome in
            recording -= 1
            if isFailure { failing -= 1 }
            switch outcome {
            // Somebody recorded it first: that is its result.
            case .failure(let error) where error.kind == .stepConflict:
                results.settle(item, error.output ?? .null, isFailure: false, isRepeated: true)
            // The daemon's clock ended the attempt before ours did; it knows what comes next.
            case .failure(let error) where error.kind == .attemptSuperseded:
                pending.append(Pending(item: item, at: .now))
            default: try done(outcome)
            }
        }
    }
}

// How all of it ends, ours and what was before us.
extension EachLoop {
    /// Ends all commands; what they did not finish is left as begun.
    func stop() {
        let tree = ProcessTree(mark: .word(word))
        let grace = Int64(EachJob.grace.milliseconds)
        // A key has reached the commands by itself.
        if SignalRelay.wasKey { ProcessTree.wait(for: [tree], milliseconds: grace) }
        ProcessTree.end([tree], graceMilliseconds: grace)
        for index in jobs.indices { jobs[index].bury() }
        jobs = []
    }

    /// Ends what an earlier one of the same lines left running when it was killed: it would work beside ours.
    func endLeftovers(_ base: String) {
        let words = ProcessTree.words(beginning: WorkMark.everyEach(key: run.key(base)))
        let trees = words.filter { WorkMark.isAbandoned($0, epoch: run.epoch) }.map {
            ProcessTree(mark: .word($0))
        }
        guard !trees.isEmpty else { return }
        Output.complain("sidestep: ending what an earlier start left running")
        ProcessTree.end(trees, graceMilliseconds: Int64(EachJob.grace.milliseconds))
    }
}
