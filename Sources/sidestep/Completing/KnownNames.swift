import Sidestep
import SidestepProtocol
import SidestepWorkspace

/// Asking the daemon for names that a shell may offer: none is started for that, and nothing is said on a line that is
/// being typed.
enum KnownNames {
    static func candidates(for offer: Completion.Offer, _ prefix: String) -> [Completion.Candidate] {
        switch offer {
        case .words(let words): words
        case .runs:
            list("run.list", "runs") { $0.member("text", prefix.isEmpty ? nil : prefix) }.compactMap { run in
                let status = run["status"]?.string ?? ""
                return run["id"]?.string.map { candidate($0, "\(run["workflow"]?.string ?? "") \(status)") }
            }
        case .workflows:
            list("run.list", "runs") { _ in }.compactMap { $0["workflow"]?.string.map { candidate($0, "") } }
        case .steps(let run): steps(of: run ?? Context.value("SIDESTEP_RUN"))
        case .trees(let run): trees(of: run)
        case .others: []
        }
    }

    private static func trees(of run: String?) -> [Completion.Candidate] {
        guard let run, let connection = try? BlockingConnection(autostart: false) else { return [] }
        return (try? Snapshots.known(of: run, connection))?.snapshots.names.map { candidate($0, "") } ?? []
    }

    private static func steps(of run: String?) -> [Completion.Candidate] {
        guard let run else { return [] }
        return list("step.list", "steps") { $0.member("run", run) }.compactMap { step in
            step["step"]?.string.map { candidate($0, step["status"]?.string ?? "") }
        }
    }

    private static func candidate(_ word: String, _ meaning: String) -> Completion.Candidate {
        Completion.Candidate(word: word, meaning: String(meaning.drop { $0 == " " }))
    }

    private static func list(
        _ method: String, _ member: String, _ write: (inout JSONWriter) -> Void
    ) -> [RawJSON] {
        guard let connection = try? BlockingConnection(autostart: false) else { return [] }
        let answer = try? connection.call(method) { writer in
            write(&writer)
            writer.member("limit", 1000)
        }
        return answer?[member]?.elements ?? []
    }
}
