import SidestepModel
import SidestepStore
import TestSupport
import Testing

/// Runs that are out of everybody's sight: being imported, or removed.
@Suite struct HiddenRunTests {
    @Test("a run is hidden under an id that any store can hold: its text has no NUL")
    func texts() throws {
        try withRun(epoch: 0) { store, key throws in
            let run = try #require(try store.run(key: key))
            var imported = run
            imported.uid = "v"
            let hidden = try store.insertHidden(imported, id: "1/v/r", input: nil)
            try store.removeRun(run, now: Instant(milliseconds: 1))
            for key in [key, hidden] {
                let found = try #require(try store.run(key: key))
                #expect(found.userID == RunRecord.nobody)
                #expect(!found.id.utf8.contains(0))
            }
        }
    }

    @Test("imports are given up together and one by one, and what was removed stays so")
    func abandoning() throws {
        try withRun(epoch: 0) { store, key throws in
            let run = try #require(try store.run(key: key))
            var keys: [Int64] = []
            for uid in ["a", "b", "c"] {
                var imported = run
                imported.uid = uid
                keys.append(try store.insertHidden(imported, id: "1/\(uid)/r", input: nil))
            }
            #expect(try store.hiddenRun(id: "1/a/r")?.key == keys[0])
            try store.abandonImports(run: keys[0])
            #expect(try store.hiddenRun(id: "1/a/r") == nil)
            #expect(try store.hiddenRun(id: "1/b/r")?.key == keys[1])
            try store.abandonImports(run: nil)
            #expect(try store.hiddenRun(id: "1/b/r") == nil)
            #expect(try store.run(user: 1, id: "r", generation: nil)?.key == key, "one that is no import")
        }
    }
}
