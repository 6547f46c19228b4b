import SidestepEngine
import SidestepModel
import SidestepStore
import TestSupport
import Testing

@Suite("A saved view")
struct ViewTests {
    private func put(
        _ name: String, _ filter: String = "{}", asked: UserID? = nil, uid: UserID = 1000,
        in bench: EngineBench
    ) -> Result<ViewRecord, Failure> {
        let put = PutView(name: name, filter: Payload(text: filter), asked: asked)
        return bench.daemon.call(put, by: bench.daemon.connect(uid: uid))
    }

    private func names(uid: UserID = 1000, in bench: EngineBench) throws -> [String] {
        try bench.daemon.query(ListViews(), by: bench.daemon.connect(uid: uid)).map(\.name)
    }

    @Test("is its user's alone: another one has the same name for his own, and deletes nobody else's")
    func users() throws {
        try EngineBench.with { bench in
            _ = try put("late", #"{"status":"failed"}"#, in: bench).get()
            _ = try put("late", #"{"open":true}"#, uid: 1001, in: bench).get()
            let own = try bench.daemon.query(ListViews(), by: bench.daemon.connect(uid: 1000))
            #expect(own.map { String(decoding: $0.filter, as: UTF8.self) } == [#"{"status":"failed"}"#])
            #expect(
                try bench.daemon.call(DeleteView(name: "late"), by: bench.daemon.connect(uid: 1001)).get())
            #expect(
                try !bench.daemon.call(DeleteView(name: "late"), by: bench.daemon.connect(uid: 1001)).get())
            #expect(try names(in: bench) == ["late"])
            #expect(try names(uid: 0, in: bench) == [])
        }
    }

    @Test("that is put again as it is stays as it was; changed, it keeps when it was made")
    func again() throws {
        try EngineBench.with { bench in
            let first = try put("v", #"{"open":true}"#, in: bench).get()
            bench.daemon.loop.advance(1000)
            #expect(try put("v", #"{"open":true}"#, in: bench).get() == first)
            let changed = try put("v", in: bench).get()
            #expect(changed.created == first.created)
            #expect(changed.updated == first.updated.advanced(byMilliseconds: 1000))
        }
    }

    @Test("is one of a hundred at most of a user; one that is there may still be changed")
    func limit() throws {
        try EngineBench.with { bench in
            for number in 0..<ViewRecord.limit { _ = try put("v\(number)", in: bench).get() }
            let refused = put("one more", in: bench)
            #expect(kind(refused) == .limitExceeded)
            #expect(limitMet(refused) == "views")
            _ = try put("v7", #"{"open":true}"#, in: bench).get()
            _ = try put("one more", uid: 1001, in: bench).get()
            #expect(try names(in: bench).count == ViewRecord.limit)
        }
    }

    @Test("of another user's runs is an administrator's, as their list is")
    func asked() throws {
        try EngineBench.with { bench in
            #expect(kind(put("v", #"{"user":1001}"#, asked: 1001, in: bench)) == .notPermitted)
            _ = try put("v", #"{"user":1000}"#, asked: 1000, in: bench).get()
            _ = try put("v", #"{"user":1001}"#, asked: 1001, uid: 0, in: bench).get()
        }
    }
}
