import SidestepEngine
import SidestepModel
import SidestepStore
import TestSupport
import Testing

/// Work that grows with what somebody keeps: done in parts of two rows here, with others' calls between them.
@Suite struct PartsTests {
    private static var settings: EngineSettings {
        var settings = EngineSettings()
        (settings.part.rows, settings.part.looks) = (2, 2)
        return settings
    }

    @Test("a fork of a long conversation has all of it, and shows nothing before it is whole")
    func fork() throws {
        try EngineBench.with(Self.settings) { bench throws in
            let client = bench.daemon.connect()
            try append(7, to: "c", bench, client)
            let fork = ForkConversation(conversation: "c", target: "d", count: nil)
            // In its second turn the fork is under way, and this does not see it.
            let early = AppendConversation(conversation: "other")
            let (made, _) = bench.daemon.start(fork, and: early, by: client)
            #expect(try made.result?.get().length == 7)
            let source = try entries("c", bench, client)
            #expect(source?.count == 7)
            #expect(try entries("d", bench, client) == source)
            try expectNothingLeft(bench)
        }
    }

    @Test("a fork whose source or target changes under it is refused, and leaves nothing behind")
    func disturbedFork() throws {
        try EngineBench.with(Self.settings) { bench throws in
            let client = bench.daemon.connect()
            try append(7, to: "c", bench, client)
            func fork() -> ForkConversation { ForkConversation(conversation: "c", target: "d", count: nil) }
            var more = AppendConversation(conversation: "c")
            more.entries = [ConversationEntry(id: nil, value: Payload(text: "8"))]
            let (disturbed, appended) = bench.daemon.start(fork(), and: more, by: client)
            #expect(kind(disturbed.result) == .overloaded)
            #expect(try appended.result?.get().conversation?.length == 8)
            let (late, _) = bench.daemon.start(
                fork(), and: AppendConversation(conversation: "d"), by: client)
            #expect(kind(late.result) == .invalidArgument)
            let (orphan, _) = bench.daemon.start(
                ForkConversation(conversation: "c", target: "e", count: nil),
                and: DeleteConversation(conversation: "c"), by: client)
            #expect(kind(orphan.result) == .overloaded)
            #expect(try names(bench, client) == ["d"])
            try expectNothingLeft(bench)
        }
    }

    @Test("a conversation is deleted in parts over a crash, and its name is free at once")
    func deletion() throws {
        try EngineBench.with(Self.settings) { bench throws in
            let client = bench.daemon.connect()
            try append(7, to: "c", bench, client)
            #expect(try bench.daemon.call(DeleteConversation(conversation: "c"), by: client).get())
            #expect(try names(bench, client) == [])
            try append(1, to: "c", bench, client)
            bench.daemon.loop.advance(2)
            #expect(try bench.daemon.read { try $0.firstChore() } != nil)
            try bench.daemon.restart()
            try expectNothingLeft(bench)
            #expect(try entries("c", bench, bench.daemon.reconnect(client)) == ["0"])
        }
    }

    @Test("what stays of a conversation that is cut is all that is there, however much goes")
    func cut() throws {
        var settings = Self.settings
        let isSet = settings.limits.set("entries", to: 3)
        #expect(isSet)
        try EngineBench.with(settings) { bench throws in
            let client = bench.daemon.connect()
            for _ in 0..<3 { try append(3, to: "c", bench, client) }
            var cut = AppendConversation(conversation: "c")
            (cut.keep, cut.entries) = (2, [ConversationEntry(id: nil, value: Payload(text: "9"))])
            #expect(try bench.daemon.call(cut, by: client).get().conversation?.length == 3)
            #expect(try entries("c", bench, client) == ["0", "1", "9"])
            try append(3, to: "c", bench, client)
            try append(3, to: "c", bench, client)
            cut.keep = 5
            #expect(limitMet(bench.daemon.call(cut, by: client)) == "entries")
            try expectNothingLeft(bench)
        }
    }

    @Test("every child and every waiter of a run is ended with it, over a crash, however many they are")
    func many() throws {
        try EngineBench.with(Self.settings) { bench throws in
            let client = bench.daemon.connect()
            try bench.enqueue("parent", by: client)
            for index in 0..<7 {
                try bench.enqueue("child-\(index)", by: client) { $0.parent = "parent" }
                let lease = try #require(try bench.resume("waiter-\(index)", by: client).lease)
                _ = bench.wait("w", [WaitCondition(.run, "parent")], lease: lease, wait: 0, by: client)
            }
            _ = try bench.daemon.call(
                CancelRun(run: "parent", reason: "over", graceMilliseconds: 0), by: client
            ).get()
            try bench.daemon.restart()
            try expectNothingLeft(bench)
            for index in 0..<7 {
                #expect(try bench.status("child-\(index)") == .cancelled)
                #expect(try bench.step("waiter-\(index)", "w")?.status == .completed)
            }
        }
    }

    // MARK: What is there

    private func append(_ count: Int, to name: String, _ bench: EngineBench, _ client: TestClient) throws {
        var append = AppendConversation(conversation: name)
        append.entries = (0..<count).map { ConversationEntry(id: nil, value: Payload(text: "\($0)")) }
        _ = try bench.daemon.call(append, by: client).get()
    }

    private func entries(_ name: String, _ bench: EngineBench, _ client: TestClient) throws -> [String]? {
        try bench.daemon.query(ReadConversation(conversation: name), by: client)?.entries.map {
            String(decoding: $0.value, as: UTF8.self)
        }
    }

    private func names(_ bench: EngineBench, _ client: TestClient) throws -> [String] {
        try bench.daemon.query(ListConversations(prefix: "", after: "", limit: 10), by: client).items.map(
            \.name)
    }

    /// After some time no work is left to be done, and nothing is out of sight.
    private func expectNothingLeft(_ bench: EngineBench) throws {
        bench.daemon.loop.advance(1000)
        #expect(try bench.daemon.read { try $0.firstChore() } == nil)
        let hidden = try bench.daemon.read {
            try $0.conversations(user: RunRecord.nobody, prefix: "", after: "", limit: 10).items.count
        }
        #expect(hidden == 0)
    }
}
