import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore
import TestSupport

/// A random program over daemon and oracle: conversations, graphs and memories, repeated messages, restarts.
final class AgentProgram {
    let daemon: TestDaemon
    let random: SeededRandom
    var oracle = AgentOracle()
    var memories = MemoryOracle()
    var client: TestClient
    private var trail: [String] = []
    private(set) var operations = 0

    private let names = ["c1", "c2", "d"]

    init(daemon: TestDaemon, seed: UInt64) {
        self.daemon = daemon
        random = SeededRandom(seed: seed)
        client = daemon.connect()
    }

    func step() throws {
        operations += 1
        switch random.below(100) {
        case 0..<25: try append()
        case 25..<33: try readPart()
        case 33..<36: try find()
        case 36..<39: try fork()
        case 39..<41: try delete()
        case 41..<76: try graph()
        case 76..<94: try memory()
        case 94: daemon.loop.advance(Int64(random.below(20)))
        case 95..<97: try restart()
        default: try compareEverything()
        }
    }

    private func restart() throws {
        note("restart")
        try daemon.restart()
        client = daemon.reconnect(client)
    }

    // MARK: Conversations

    private func append() throws {
        let name = random.pick(names)
        let revision = oracle.conversations[name]?.revision ?? 0
        let length = oracle.conversations[name]?.entries.count ?? 0
        let entries = (0..<random.below(4)).map { _ in
            AgentOracle.Entry(id: random.oneIn(2) ? "e\(random.below(12))" : nil, value: "\(random.below(9))")
        }
        let keep = random.oneIn(4) ? random.below(length + 2) : nil
        let expected = random.oneIn(2) ? max(0, revision + random.pick([0, 0, -1, 1])) : nil
        let metadata = random.oneIn(5) ? "\(random.below(3))" : nil
        var command = AppendConversation(conversation: name)
        command.entries = entries.map { ConversationEntry(id: $0.id, value: Payload(text: $0.value)) }
        command.keep = keep.map(Int64.init)
        command.expectedRevision = expected.map(Int64.init)
        command.metadata = metadata.map { Payload(text: $0) }
        let outcome = try daemon.call(command, by: client).get()
        let wanted = oracle.append(name, entries, keep: keep, expected: expected, metadata: metadata)
        try compare(
            "append \(name) \(entries.count) keep \(keep ?? -1) expected \(expected ?? -1)",
            state(wanted, oracle.conversations[name]?.revision, oracle.conversations[name]?.entries.count),
            state(
                outcome.appended, outcome.conversation.map { Int($0.revision) },
                outcome.conversation.map { Int($0.length) }))
    }

    private func state(_ done: Bool, _ revision: Int?, _ length: Int?) -> String {
        "\(done) at \(revision ?? 0), \(length ?? 0) entries"
    }

    /// A part by part reading of a range, with pages of a few bytes.
    private func readPart() throws {
        let name = random.pick(names)
        let entries = oracle.conversations[name]?.entries ?? []
        let from = random.below(entries.count + 2)
        let count = random.below(6)
        var query = ReadConversation(conversation: name)
        query.from = Int64(from)
        query.count = Int64(count)
        query.maxBytes = random.pick([1, 3, 1000])
        var found: [AgentOracle.Entry] = []
        while let part = try daemon.query(query, by: client) {
            found += part.entries.map { AgentOracle.Entry(id: $0.id, value: text($0.value)) }
            guard let more = part.more else { break }
            query.count = Int64(from + count) - more
            query.from = more
        }
        try compare("read \(name) \(from)+\(count)", entries.dropFirst(from).prefix(count), found[...])
    }

    private func find() throws {
        let (name, id) = (random.pick(names), "e\(random.below(12))")
        let found = try daemon.query(FindConversationEntry(conversation: name, entry: id), by: client)
        let wanted = oracle.conversations[name]?.entries.first { $0.id == id }
        try compare("find \(id) in \(name)", wanted?.value, found.map { text($0.entry.value) })
    }

    private func fork() throws {
        let (name, target, count) = (random.pick(names), random.pick(names), random.below(8))
        let command = ForkConversation(
            conversation: name, target: target, count: count == 7 ? nil : Int64(count))
        let isDone = (try? daemon.call(command, by: client).get()) != nil
        try compare(
            "fork \(name) to \(target) \(count)",
            oracle.fork(name, to: target, count: count == 7 ? nil : count), isDone)
    }

    private func delete() throws {
        let name = random.pick(names)
        let isDone = try daemon.call(DeleteConversation(conversation: name), by: client).get()
        try compare("delete \(name)", oracle.conversations.removeValue(forKey: name) != nil, isDone)
    }

    private func text(_ payload: Payload) -> String { String(decoding: payload, as: UTF8.self) }

    // MARK: Comparing

    func compareEverything() throws {
        let prefix = random.pick(["", "c", "d", "x"])
        let list = ListConversations(prefix: prefix, after: "", limit: 100)
        try compare(
            "list \(prefix)", oracle.conversations.keys.filter { $0.hasPrefix(prefix) }.sorted(),
            try daemon.query(list, by: client).items.map(\.name))
        for (name, wanted) in oracle.conversations {
            let found = try daemon.query(ReadConversation(conversation: name), by: client)
            try compare("conversation \(name)", wanted, found.map(conversation))
        }
        try compareGraphs()
        try compareMemories()
    }

    func note(_ operation: String) { trail.append(operation) }

    func compare<Value: Equatable>(_ what: String, _ expected: Value, _ actual: Value) throws {
        note(what)
        if expected == actual { return }
        throw Program.Difference(
            description: "\(what): expected \(expected), got \(actual)\nlast operations:\n  "
                + trail.suffix(25).joined(separator: "\n  "))
    }

    private func conversation(_ part: ConversationPart) -> AgentOracle.Conversation {
        AgentOracle.Conversation(
            revision: Int(part.conversation.revision),
            entries: part.entries.map { AgentOracle.Entry(id: $0.id, value: text($0.value)) },
            metadata: part.conversation.metadata.map(text))
    }
}
