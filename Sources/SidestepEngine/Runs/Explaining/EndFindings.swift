import SidestepModel
import SidestepProtocol

/// That the daemon cannot write.
struct StorageFindings {
    let all: [Finding]

    init(_ facts: RunFacts) {
        all =
            switch facts.storage {
            case .ok: []
            case .full:
                [
                    Finding(
                        .storage, "The disk of the database is full: what would make it grow is refused.",
                        next: """
                            Everything goes on once there is space again: free some, or remove runs that are not \
                            needed (sidestep prune).
                            """)
                ]
            case .failing:
                [
                    Finding(
                        .storage,
                        "The disk of the database fails: the daemon could not write, or not copy its log.",
                        next:
                            "Everything goes on once the daemon can write again: its log says what is wrong.")
                ]
            }
    }
}

/// About a run that was asked to end.
struct CancelFindings {
    private let facts: RunFacts

    init(_ facts: RunFacts) { self.facts = facts }

    var all: [Finding] {
        guard let cancellation = facts.run.cancellation, let past else { return [] }
        if facts.run.status.isClosed { return parent }
        var asking = Finding(.cancelling, past)
        asking.next =
            "Its owner undoes what it did and lets go; in \(facts.until(cancellation.final)) it is over in any case."
        asking.command = ShellText.sidestep("cancel", facts.run.id, options: ["--grace", "0s"])
        return [asking] + parent
    }

    /// The same once it is over.
    var past: String? {
        facts.run.cancellation.map { cancellation in
            let why = cancellation.reason.map { " (\($0))" } ?? ""
            return "It was asked to end \(facts.since(cancellation.requested)) ago\(why)\(by)."
        }
    }

    private var by: String {
        facts.entries[.runCancelRequested].flatMap(Actor.init).map { ", by \($0.text)" } ?? ""
    }

    private var parent: [Finding] {
        let detail = facts.entries[.runCancelRequested]?.detail.map(RawJSON.init(validated:))
        guard let parent = detail?["parent"]?.string else { return [] }
        return [Finding(.cancelledWithParent, "It ends with its parent '\(parent)'.")]
    }
}

/// About a closed run.
struct EndedFindings {
    private let facts: RunFacts

    init(_ facts: RunFacts) { self.facts = facts }

    var all: [Finding] { (undone.map { [$0, end.fact] } ?? [end]) + CancelFindings(facts).all }

    private var end: Finding {
        let run = facts.run
        if run.status == .completed {
            return Finding(.completed, "It has its output.", next: "Nothing: its output is recorded.")
        }
        return Finding(
            run.status == .cancelled ? .cancelled : .failed,
            CancelFindings(facts).past ?? "It has its error.",
            next: "Nothing by itself: it can be retried (finished steps are kept) or run anew.",
            command: again)
    }

    private var undone: Finding? {
        if facts.run.status == .completed || facts.compensations.isEmpty { return nil }
        return Finding(
            .undone, "Steps of it were undone by \(Self.list(facts.compensations)).\(notUndone)",
            next: "Nothing by itself: it can be run anew with its input (if_closed: rerun), "
                + "or forked before what was undone.", command: anew)
    }

    private var notUndone: String {
        let failed = facts.notUndone
        return failed.isEmpty ? "" : " What \(Self.list(failed)) was to undo still stands: it failed."
    }

    private static func list(_ names: [String]) -> String {
        names.map { "'\($0)'" }.joined(separator: ", ")
    }

    /// A run that workers have is queued again; one that a shell had is opened in a shell.
    private var again: String {
        if isScript { return opening("retry") }
        return facts.asOwner(
            ShellText.sidestep(
                "enqueue", facts.run.workflow,
                options: ShellText.option("--run", facts.run.id) + ["--if-closed", "retry"]))
    }

    /// A new generation needs its input: only a script has it at hand.
    private var anew: String? { isScript ? opening("rerun") : nil }

    private func opening(_ ifClosed: String) -> String {
        "eval \"$(\(ShellText.sidestep("start", facts.run.id, options: ["--if-closed", ifClosed])))\""
    }

    private var isScript: Bool {
        let granted = facts.entries[.leaseGranted]?.detail.map(RawJSON.init(validated:))
        return granted?["owner"]?.string == OwnerKind.process.rawValue && facts.run.userID == facts.caller.uid
    }
}

/// Who did something, as a journal says it.
struct Actor {
    let user: Int64
    let process: Int64

    init?(_ entry: JournalEntry) {
        guard let by = entry.detail.map(RawJSON.init(validated:))?["by"], let user = by["uid"]?.integer else {
            return nil
        }
        (self.user, process) = (user, by["pid"]?.integer ?? 0)
    }

    var text: String { "process \(process) of uid \(user)" }
}
