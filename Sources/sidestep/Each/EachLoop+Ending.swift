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
        recording += 1
        try calls.send("step.complete") { writer in
            writer.member("lease", run.lease)
            writer.member("step", item.step)
            writer.member("output", output)
            writer.member("attempt", job.attempt)
            if !job.isTold { writer.member("started_at", job.startedAt) }
        } _: { [self] outcome in
            recording -= 1
            switch outcome {
            case .success: results.settle(item, output, isFailure: false, isRepeated: false)
            // Somebody recorded it first: that is its result.
            case .failure(let error) where error.kind == .stepConflict:
                results.settle(item, error.output ?? .null, isFailure: false, isRepeated: true)
            // The daemon's clock ended the attempt before ours did; it knows what comes next.
            case .failure(let error) where error.kind == .attemptSuperseded:
                pending.append(Pending(item: item, at: .now))
            case .failure(let error) where error.kind == .payloadTooLarge:
                var tooLong = ended
                tooLong.limit = tooLong.total - 1
                try fail(item, job.attempt, tooLong)
            case .failure(let error): throw error
            }
        }
    }

    func fail(_ item: EachItem, _ attempt: Int?, _ ended: StepProcess.Ended) throws {
        let failure = ended.failure
        recording += 1
        failing += 1
        try calls.send("step.fail") { writer in
            writer.member("lease", run.lease)
            writer.member("step", item.step)
            writer.member("error", failure)
            writer.member("types", ended.types)
            if !ended.isRetryable { writer.member("retryable", false) }
            writer.member("attempt", attempt)
            writer.member("retry", options.retry)
        } _: { [self] outcome in
            recording -= 1
            failing -= 1
            switch outcome {
            case .success(let answer) where answer["retry"]?.bool == true:
                let delay = Duration.milliseconds(answer["delay_ms"]?.int ?? 0)
                pending.append(Pending(item: item, at: .now + delay))
            case .success:
                if let trouble = ended.trouble { Output.complain("sidestep: step \(item.step): \(trouble)") }
                results.settle(item, failure, isFailure: true, isRepeated: false)
            case .failure(let error) where error.kind == .stepConflict:
                results.settle(item, error.output ?? .null, isFailure: false, isRepeated: true)
            case .failure(let error) where error.kind == .attemptSuperseded:
                pending.append(Pending(item: item, at: .now))
            case .failure(let error): throw error
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
