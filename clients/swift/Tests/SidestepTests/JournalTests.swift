import SidestepProtocol
import Testing

@testable import Sidestep

/// Which record belongs to which call: a rule without I/O.
@Suite struct JournalTests {
    private func journal(_ records: [(String, String?)], _ status: StepRecord.Status = .completed) -> Journal
    {
        var journal = Journal()
        for (step, fingerprint) in records {
            journal.note(StepRecord(step: step, status: status, fingerprint: fingerprint, payload: .null))
        }
        return journal
    }

    private func find(
        _ name: String, in scope: String?, fingerprint: String?, _ journal: inout Journal,
        _ expected: Journal.Match,
        _ location: SourceLocation = #_sourceLocation
    ) {
        let match = journal.find(name, in: scope, fingerprint: fingerprint)
        #expect(match == expected, sourceLocation: location)
    }

    @Test("calls get the records of their own arguments, in every order")
    func anyOrder() {
        let recorded = ["f": "A", "f#2": "B", "f#3": "C"]
        for order in [["A", "B", "C"], ["C", "B", "A"], ["B", "C", "A"], ["C", "A", "B"]] {
            var journal = journal(recorded.map { ($0.key, $0.value) })
            for fingerprint in order {
                let name = recorded.first { $0.value == fingerprint }!.key
                find("f", in: nil, fingerprint: fingerprint, &journal, .step(name))
            }
            #expect(journal.given == 3)
            find("f", in: nil, fingerprint: "D", &journal, .step("f#4"))
        }
    }

    @Test("equal calls get as many records as there are, one each")
    func equals() {
        var journal = journal([("f", "A"), ("f#2", "B"), ("f#3", "A")])
        find("f", in: nil, fingerprint: "A", &journal, .step("f"))
        find("f", in: nil, fingerprint: "A", &journal, .step("f#3"))
        find("f", in: nil, fingerprint: "A", &journal, .step("f#4"))
        find("f", in: nil, fingerprint: "B", &journal, .step("f#2"))
    }

    @Test("a call that fits nothing is in doubt while a record of its name is left, and new when none is")
    func doubt() {
        var journal = journal([("f", "A"), ("g", "A")])
        find("f", in: nil, fingerprint: "B", &journal, .doubtful(record: "f"))
        find("f", in: nil, fingerprint: "A", &journal, .step("f"))
        find("f", in: nil, fingerprint: "B", &journal, .step("f#2"))
    }

    @Test("a record without an end keeps nobody in doubt")
    func begun() {
        var journal = journal([("f", "A")], .running)
        find("f", in: nil, fingerprint: "B", &journal, .step("f#2"))
        find("f", in: nil, fingerprint: "A", &journal, .step("f"))
    }

    @Test("records without arguments go by the order of the calls, and so do calls without")
    func old() {
        var journal = journal([("f", nil), ("f#2", nil), ("g", "A"), ("g#2", "B")])
        find("f", in: nil, fingerprint: "X", &journal, .step("f"))
        find("f", in: nil, fingerprint: "Y", &journal, .step("f#2"))
        find("g", in: nil, fingerprint: nil, &journal, .step("g"))
        find("g", in: nil, fingerprint: nil, &journal, .step("g#2"))
    }

    @Test("what is within a step is counted and found within it")
    func scopes() {
        var journal = journal([("o", nil), ("o/f", "A"), ("o/f#2", "B"), ("o#2/f", "B")])
        find("f", in: "o", fingerprint: "B", &journal, .step("o/f#2"))
        find("f", in: "o#2", fingerprint: "B", &journal, .step("o#2/f"))
        journal.forget(within: "o")
        find("f", in: "o", fingerprint: "B", &journal, .step("o/f#2"))
        find("f", in: "o", fingerprint: "A", &journal, .step("o/f"))
    }

    @Test("what was recorded in this execution is found by the next one of the same process")
    func again() {
        var journal = Journal()
        for fingerprint in ["A", "B"] {
            guard case .step(let step) = journal.find("f", in: nil, fingerprint: fingerprint) else {
                Issue.record("a new call is in doubt")
                return
            }
            let status: StepRecord.Status = fingerprint == "A" ? .failed : .completed
            journal.note(StepRecord(step: step, status: status, fingerprint: fingerprint, payload: .null))
        }
        journal.restart()
        find("f", in: nil, fingerprint: "B", &journal, .step("f#2"))
        find("f", in: nil, fingerprint: "A", &journal, .step("f"))
    }

    @Test("names that are cut to fit are found by their arguments, too")
    func cut() {
        let base = String(repeating: "x", count: 1100)
        let names = (1...3).map { StepNames.numbered(base, $0) }
        var journal = journal(Array(zip(names, ["A", "B", "C"])))
        for (name, fingerprint) in zip(names, ["A", "B", "C"]).reversed() {
            find(base, in: nil, fingerprint: fingerprint, &journal, .step(name))
        }
    }

    @Test("ten thousand calls in the opposite order are found without looking at all of them each time")
    func many() {
        let count = 10_000
        var journal = journal((1...count).map { (StepNames.numbered("f", $0), "\($0)") })
        for number in (1...count).reversed() {
            let match = journal.find("f", in: nil, fingerprint: "\(number)")
            guard match == .step(StepNames.numbered("f", number)) else {
                Issue.record("\(number) got \(match)")
                return
            }
        }
    }
}
