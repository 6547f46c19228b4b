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
            let hidden = try store.insertHidden(imported, id: "1/v/r", input: nil, place: 0)
            try store.removeRun(run, now: Instant(milliseconds: 1))
            for key in [key, hidden] {
                let found = try #require(try store.run(key: key))
                #expect(found.userID == RunRecord.nobody)
                #expect(!found.id.utf8.contains(0))
            }
        }
    }

    @Test("imports are given up one by one and by the daemon that began them, and what was removed stays so")
    func abandoning() throws {
        try withRun(epoch: 0) { store, key throws in
            let run = try #require(try store.run(key: key))
            var keys: [Int64] = []
            for (uid, place) in [("a", 0), ("b", 0), ("c", 5)] {
                var imported = run
                imported.uid = uid
                keys.append(
                    try store.insertHidden(imported, id: "1/\(uid)/r", input: nil, place: Int64(place)))
            }
            #expect(try store.hiddenRun(id: "1/a/r")?.key == keys[0])
            try store.abandonImport(run: keys[0])
            #expect(try store.hiddenRun(id: "1/a/r") == nil)
            #expect(try store.hiddenRun(id: "1/b/r")?.key == keys[1])
            try store.abandonImports(place: 0)
            #expect(try store.hiddenRun(id: "1/b/r") == nil)
            #expect(try store.hiddenRun(id: "1/c/r")?.key == keys[2])
            try store.abandonImports(place: 5)
            #expect(try store.hiddenRun(id: "1/c/r") == nil)
            #expect(try store.run(user: 1, id: "r", generation: nil)?.key == key, "one that is no import")
        }
    }
}
