import SidestepModel
import Testing

@testable import SidestepEngine

@Suite("The last end of a run")
struct LastEndTests {
    /// What the journal tells, oldest first, and what that is of the last start.
    private func end(_ entries: (JournalKind, String?)...) -> String? {
        let now = Instant(milliseconds: 1)
        let run = RunRecord(
            key: 1, id: "r", userID: 1000, generation: 1, uid: "u", workflow: "w", now: now, status: .queued)
        let caller = Peer(
            uid: 1000, process: ProcessIdentity(pid: 7, startTicks: 1), isAdministrator: false)
        var facts = RunFacts(
            run: run, open: [], now: now, caller: caller,
            queue: QueueFacts(QueueRecord(userID: 1000, name: "default")))
        for (sequence, (kind, detail)) in entries.enumerated() {
            facts.entries[kind] = JournalEntry(
                sequence: Int64(sequence), at: now, kind: kind.rawValue, step: nil, attempt: nil,
                detail: detail.map { Payload(text: $0) })
        }
        return facts.lastEnd
    }

    @Test("is none before a start has ended")
    func none() {
        #expect(end((.runCreated, nil), (.leaseGranted, nil)) == nil)
    }

    @Test("is the status or signal that its supervisor reported")
    func reported() {
        #expect(end((.leaseGranted, nil), (.runFailed, #"{"type":"exit","exit":3}"#)) == "exit:3")
        #expect(end((.leaseGranted, nil), (.runRetried, #"{"type":"exit","exit":137}"#)) == "signal:9")
        #expect(end((.runRetried, #"{"type":"ValueError","message":"no"}"#)) == "failed")
        #expect(end((.runRetried, #""words""#), (.runCompleted, nil)) == "completed")
    }

    @Test("is why the owner was lost, where that came last")
    func lost() {
        for cause in ["died", "reboot", "disconnected", "expired", "taken_over", "never_began"] {
            let detail = #"{"cause":"\#(cause)","interruptions":1}"#
            #expect(end((.runRetried, #"{"exit":1}"#), (.runInterrupted, detail)) == cause)
        }
        #expect(end((.runInterrupted, #"{"cause":"died"}"#), (.runReleased, nil)) == "released")
    }

    @Test("is the report, and not that the next start fenced what it left")
    func begunAnew() {
        #expect(end((.runRetried, #"{"exit":1}"#), (.runInterrupted, #"{"cause":"began_anew"}"#)) == "exit:1")
    }
}
