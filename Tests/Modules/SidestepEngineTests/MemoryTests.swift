import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore
import TestSupport
import Testing

@Suite("What is remembered beyond runs")
struct MemoryTests {
    private static let day: Int64 = 86_400_000

    @Test("is its user's own: another one neither finds, lists, refreshes nor forgets it, root included")
    func users() throws {
        try EngineBench.with { bench throws in
            let (one, other) = (bench.daemon.connect(uid: 1000), bench.daemon.connect(uid: 0))
            try put("a/b", "k", "1", ttl: Self.day, bench, one)
            let place = namespace("a/b")
            #expect(try bench.daemon.query(GetMemory(namespace: place, key: "k"), by: other) == nil)
            #expect(try keys("", bench, other) == [])
            #expect(try namespaces(MemoryPattern(), bench, other) == [])
            #expect(try !bench.daemon.call(RefreshMemory(namespace: place, key: "k"), by: other).get())
            #expect(try !bench.daemon.call(DeleteMemory(namespace: place, key: "k"), by: other).get())
            #expect(try bench.daemon.call(ClearMemories(namespace: namespace("")), by: other).get() == 0)
            #expect(try keys("", bench, one) == ["k"])
        }
    }

    @Test("is not there from the moment at which it expires, and its row goes with the walk of retention")
    func expiry() throws {
        var settings = EngineSettings()
        (settings.part.rows, settings.pruneMilliseconds) = (2, 10 * Self.day)
        try EngineBench.with(settings) { bench throws in
            try bench.daemon.restart()
            let client = bench.daemon.connect()
            for index in 0..<5 { try put("a", "k\(index)", "1", ttl: Self.day, bench, client) }
            try put("b", "kept", "1", bench, client)
            bench.daemon.loop.advance(Self.day - 1)
            #expect(try keys("", bench, client).count == 6)
            #expect(
                try bench.daemon.call(RefreshMemory(namespace: namespace("a"), key: "k3"), by: client).get())
            bench.daemon.loop.advance(1)
            #expect(try keys("", bench, client) == ["kept", "k3"])
            bench.daemon.loop.advance(Self.day)
            #expect(try namespaces(MemoryPattern(), bench, client) == ["b"])
            #expect(try rows(bench) == 6)
            bench.daemon.loop.advance(10 * Self.day)
            #expect(try rows(bench) == 1)
        }
    }

    @Test("keeps when it came first, unless it had expired meanwhile")
    func created() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            let get = GetMemory(namespace: namespace("a"), key: "k")
            try put("a", "k", "1", bench, client)
            let first = try #require(try bench.daemon.query(get, by: client))
            bench.daemon.loop.advance(10)
            try put("a", "k", "2", ttl: 5, bench, client)
            let second = try #require(try bench.daemon.query(get, by: client))
            #expect(second.created == first.created && second.updated > first.updated)
            bench.daemon.loop.advance(10)
            try put("a", "k", "3", bench, client)
            let third = try #require(try bench.daemon.query(get, by: client))
            #expect(third.created == third.updated && third.created > second.updated)
        }
    }

    @Test("is forgotten with its namespace in parts, and what is beside it stays")
    func clearing() throws {
        var settings = EngineSettings()
        settings.part.rows = 2
        try EngineBench.with(settings) { bench throws in
            let client = bench.daemon.connect()
            for index in 0..<7 { try put(index < 4 ? "a" : "a/b", "k\(index)", "1", bench, client) }
            for place in ["ab", "a b", "A", "b/a"] { try put(place, "k", "1", bench, client) }
            let commits = bench.daemon.commits.count
            #expect(try bench.daemon.call(ClearMemories(namespace: namespace("a")), by: client).get() == 7)
            #expect(bench.daemon.commits.count - commits >= 4)
            #expect(try namespaces(MemoryPattern(), bench, client) == ["A", "a b", "ab", "b/a"])
            #expect(try bench.daemon.call(ClearMemories(namespace: namespace("")), by: client).get() == 4)
            #expect(try rows(bench) == 0)
        }
    }

    @Test(
        "is compared as JSON says: 1 and 1.0 alike, texts by their bytes, what is absent as null",
        arguments: [
            (#"{"n":1}"#, #"{"n":1.0}"#, true), (#"{"n":1}"#, #"{"n":{"$eq":1e0}}"#, true),
            (#"{"n":9007199254740993}"#, #"{"n":9007199254740992}"#, false),
            (#"{"n":true}"#, #"{"n":1}"#, false), (#"{"n":"1"}"#, #"{"n":1}"#, false),
            (#"{"s":"\u0061"}"#, #"{"s":"a"}"#, true), (#"{"s":"b"}"#, #"{"s":{"$gt":"a","$lt":"c"}}"#, true),
            (#"{"s":"b"}"#, #"{"s":{"$gt":1}}"#, false), ("{}", #"{"s":null}"#, true),
            ("{}", #"{"s":{"$ne":"a"}}"#, true), ("{}", #"{"s":{"$lt":1}}"#, false),
            (#"{"o":{"a":1,"b":2}}"#, #"{"o":{"a":1}}"#, true),
            (#"{"o":{"a":1,"b":2}}"#, #"{"o":{"$eq":{"a":1}}}"#, false),
            (#"{"o":{"a":1,"b":2}}"#, #"{"o":{"$eq":{"b":2,"a":1}}}"#, true),
            (#"{"o":{"a":{"x":5}}}"#, #"{"o":{"a":{"x":{"$gte":5}}}}"#, true),
            (#"{"l":[1,2]}"#, #"{"l":[1,{"$gt":1}]}"#, true), (#"{"l":[1,2]}"#, #"{"l":[1]}"#, false),
            ("[1]", #"{"n":1}"#, false), ("7", "{}", true),
        ])
    func filters(value: String, filter: String, isFound: Bool) throws {
        let asked = try RawJSON(parsing: Array(filter.utf8))
        let filter = try MemoryFilter(members: asked, text: nil, limits: Limits())
        #expect(filter.matches(try RawJSON(parsing: Array(value.utf8))) == isFound)
    }

    @Test(
        "has in its texts what is searched, whatever their escapes and letters, and not in its names",
        arguments: [
            (#"{"a":["Gr\u00fcn"]}"#, "grün", true), (#""a\nb""#, "a\nb", true),
            (#"{"green":1}"#, "green", false),
            ("12", "1", false), (#""ab""#, "abc", false), (#""ab""#, "", true), ("null", "null", false),
            (#""aabaabaac""#, "aabaac", true), (#""aaaab""#, "aab", true), (#""ababab""#, "abb", false),
        ])
    func texts(value: String, text: String, isFound: Bool) throws {
        let filter = try MemoryFilter(members: nil, text: text, limits: Limits())
        #expect(filter.matches(try RawJSON(parsing: Array(value.utf8))) == isFound)
    }

    @Test("is filtered by a bounded number of members, at each depth")
    func filterLimit() throws {
        func filter(_ count: Int, _ around: (String) -> String) throws -> MemoryFilter {
            let members = (0..<count).map { #""m\#($0)":1"# }.joined(separator: ",")
            return try MemoryFilter(
                members: RawJSON(parsing: Array(around("{\(members)}").utf8)), text: nil, limits: Limits())
        }
        for around in [{ $0 }, { #"{"x":\#($0)}"# }] as [(String) -> String] {
            _ = try filter(32, around)
            #expect(#expect(throws: Failure.self) { try filter(33, around) }?.limit == "memory_filters")
        }
    }

    // MARK: What is there

    private func namespace(_ path: String) -> MemoryNamespace {
        MemoryNamespace(path.split(separator: "/").map(String.init))!
    }

    private func put(
        _ place: String, _ key: String, _ value: String, ttl: Int64? = nil, _ bench: EngineBench,
        _ client: TestClient
    ) throws {
        let put = PutMemory(
            namespace: namespace(place), key: key, value: Payload(text: value), ttlMilliseconds: ttl)
        try bench.daemon.call(put, by: client).get()
    }

    private func keys(_ place: String, _ bench: EngineBench, _ client: TestClient) throws -> [String] {
        let filter = try MemoryFilter(members: nil, text: nil, limits: Limits())
        let search = SearchMemories(namespace: namespace(place), filter: filter)
        return try bench.daemon.query(search, by: client).items.map(\.itemKey)
    }

    private func namespaces(
        _ pattern: MemoryPattern, _ bench: EngineBench, _ client: TestClient
    ) throws -> [String] {
        try bench.daemon.query(ListMemoryNamespaces(pattern: pattern), by: client).items.map {
            $0.labels.joined(separator: "/")
        }
    }

    /// How many rows there are, expired ones included.
    private func rows(_ bench: EngineBench) throws -> Int {
        Int(try bench.daemon.read { try $0.memoryCount() })
    }
}
