import Sidestep
import SidestepProtocol

/// What a key does to the chosen row, once it was confirmed.
struct TopAction {
    /// What is asked before it is done.
    let question: String
    /// Does it; answers what is said then.
    let work: (BlockingConnection) throws -> String

    /// The action of a key; nil where the key says nothing about such a row.
    init?(_ key: Character, on row: TopRow) {
        switch (key, row.kind) {
        case ("a", .question(let name, let isPromise)): self.init(answer: true, row.run, name, isPromise)
        case ("d", .question(let name, let isPromise)): self.init(answer: false, row.run, name, isPromise)
        case ("r", .unknown(let step)): self.init(rerunning: step, of: row.run)
        case ("r", .failed): self.init("retry", "run.bulk", row.run, said: "opened again")
        case ("p", .paused): self.init("let go on", "run.unpause", row.run, said: "goes on")
        case ("p", .open), ("p", .question), ("p", .unknown):
            self.init("pause", "run.pause", row.run, said: "is paused")
        case ("c", .failed): return nil
        case ("c", _): self.init("cancel", "run.cancel", row.run, said: "was asked to end")
        default: return nil
        }
    }

    private init(answer isApproved: Bool, _ run: String, _ name: String, _ isPromise: Bool) {
        let answer = Answer(run: run, name: name, isPromise: isPromise, isApproved: isApproved)
        question = "\(isApproved ? "approve" : "deny") '\(name)' of \(run)?"
        work = { connection in
            let result = try answer.send(connection)
            if result["settled"]?.bool == false { return "somebody answered '\(name)' before" }
            return "\(isApproved ? "approved" : "denied"): \(name)"
        }
    }

    private init(rerunning step: String, of run: String) {
        question = "let step '\(step)' of \(run) run again? It may have happened already."
        work = { connection in
            _ = try connection.call("step.resolve") { writer in
                writer.member("run", run)
                writer.member("step", step)
                writer.member("outcome", "rerun")
            }
            return "'\(step)' may run again"
        }
    }

    private init(_ verb: String, _ method: String, _ run: String, said: String) {
        question = "\(verb) \(run)?"
        work = { connection in
            let result = try connection.call(method) { writer in
                guard method == "run.bulk" else { return writer.member("run", run) }
                writer.member("action", verb)
                writer.member("runs", [run])
            }
            if let refused = result["skipped"]?.elements.first {
                return refused["message"]?.string ?? "refused"
            }
            return "\(run) \(said)"
        }
    }
}
