import SidestepProtocol

/// What a task gave up and the daemon granted all the same is given back.
enum GivenUp {
    /// The notification that gives back what a call was granted; nil when it was nothing.
    static func back(_ line: Outgoing, _ result: RawJSON) -> (method: String, params: RawJSON)? {
        switch line.method {
        case "resume", "worker.claim": release(result)
        case "step.begin" where result["status"]?.string == "execute": abandon(line, result)
        default: nil
        }
    }

    /// The call that lets go of a run whose lease came with this reply; nil when none did.
    static func release(_ result: RawJSON) -> (method: String, params: RawJSON)? {
        result["lease"]?.string.map { lease in ("run.release", .object { $0.member("lease", lease) }) }
    }

    /// Ends an attempt that nobody begins: it counts for nothing.
    private static func abandon(
        _ line: Outgoing, _ result: RawJSON
    ) -> (method: String, params: RawJSON)? {
        guard let lease = line["lease"], let step = line["step"] else { return nil }
        let end = RawJSON.object { writer in
            writer.member("lease", lease)
            writer.member("step", step)
            writer.member("attempt", result["attempt"])
            writer.object("error") { writer in
                writer.member("type", "Abandoned")
                writer.member("message", "the program gave up the step before its end")
            }
            writer.member("types", ["Abandoned"])
            writer.object("retry") { writer in
                writer.member("max_attempts", 0)
                writer.array("delays_ms") { $0.value(0) }
            }
        }
        return ("step.fail", end)
    }
}
