import SidestepModel
import SidestepStore
import TestSupport
import Testing

@Suite("Saved views in a store")
struct ViewTableTests {
    private func view(_ name: String, user: UserID = 1, at: Int64 = 0, _ filter: String = "{}") -> ViewRecord
    {
        ViewRecord(userID: user, name: name, filter: Payload(text: filter), now: Instant(milliseconds: at))
    }

    @Test("are listed by the bytes of their names, each user's apart, and are there after a restart")
    func order() throws {
        let bench = try StoreBench()
        defer { bench.close() }
        try bench.perform { store throws in
            for name in ["é", "b", "B", "e\u{301}", "a b"] { try store.putView(self.view(name)) }
            try store.putView(self.view("b", user: UserID(.max - 1)))
        }
        try bench.reopen()
        let names = try bench.read { store throws in try store.views(user: 1).map(\.name) }
        #expect(names.map { Array($0.utf8) } == ["B", "a b", "b", "e\u{301}", "é"].map { Array($0.utf8) })
        #expect(try bench.read { store throws in try store.views(user: UserID(.max - 1)).count } == 1)
    }

    @Test("keep when they were made, and have the last filter byte for byte")
    func change() throws {
        let bench = try StoreBench()
        defer { bench.close() }
        try bench.perform { store throws in
            try store.putView(self.view("v", at: 5))
            try store.putView(self.view("v", at: 9, #"{"tag":{"a":"\u00e9"}}"#))
        }
        let found = try bench.read { store throws in try store.views(user: 1) }
        #expect(found.map(\.created.milliseconds) == [5])
        #expect(found.map(\.updated.milliseconds) == [9])
        #expect(found.map(\.filter) == [Payload(text: #"{"tag":{"a":"\u00e9"}}"#)])
        try bench.perform { store throws in
            #expect(try store.deleteView(user: 1, name: "v"))
            #expect(try !store.deleteView(user: 1, name: "v"))
        }
        #expect(try bench.read { store throws in try store.views(user: 1).count } == 0)
    }
}
