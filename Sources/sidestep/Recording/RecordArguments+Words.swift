import Sidestep
import SidestepRecorder
import SidestepRecording

extension RecordArguments {
    /// The same as words of a command line, for a supervisor that the daemon runs: with what the environment
    /// says here of providers, which is another one there.
    func words(_ environment: Environment) throws -> [String] {
        guard record else { return [] }
        let options = try options(environment, hasBudget: false)
        var words = ["--record"]
        for upstream in options.upstreams.named {
            words += ["--upstream", "\(upstream.name)=\(upstream.url)"]
        }
        for name in profile { words += ["--profile", name] }
        for text in setURL { words += ["--set-url", text] }
        if let httpSocket { words += ["--http-socket", RunCommand.absolute(httpSocket)] }
        words += ["--token", token.rawValue, "--max-body", "\(maxBody)", "--unknown", unknown.rawValue]
        words += ["--on-store-error", onStoreError.rawValue]
        words += ["--on-divergence", onDivergence.rawValue, "--buffer", buffer.rawValue]
        words += ["--upstream-retries", "\(upstreamRetries)", "--replay-pace", replayPace.rawValue]
        words += ["--detach-grace", "\(detachGrace.milliseconds)ms"]
        words += ["--inflight-max", "\(inflightMax.milliseconds)ms"]
        if let credentials { words += ["--credentials", credentials.rawValue] }
        for entry in credential {
            words += ["--credential", "\(entry.name)=\(RunCommand.absolute(entry.value))"]
        }
        if let retain { words += ["--retain", "\(retain.milliseconds)ms"] }
        if forgetOnSuccess { words.append("--forget-on-success") }
        // A supervisor that does not find it refuses to begin: without it, it would record for everybody to read.
        if let path = key.path(environment) { words += ["--recording-key", path] }
        if let mask { words += ["--mask", mask.text] }
        words += ["--tool-drift", toolDrift.rawValue, "--store-requests", storeRequests.rawValue]
        words += ["--reroll", reroll.rawValue, "--max-reroll", "\(maxReroll)"]
        return words + budget.words
    }
}

extension RecordBudget {
    /// The budget itself is the run's already.
    fileprivate var words: [String] {
        var words = ["--budget-mode", budgetMode.rawValue, "--unknown-price", unknownPrice.rawValue]
        if let prices {
            words += ["--prices", RunCommand.absolute(prices)]
        }
        if let budgetUsd { words += ["--budget-usd", budgetUsd.text] }
        if usage { words.append("--usage") }
        return words
    }
}
