import SidestepModel
import SidestepStore
import TestSupport
import Testing

/// What a store promises of what is remembered beyond runs.
@Suite struct MemoryTableTests {
    /// Labels that sort in odd places, and begin like each other.
    private static let labels = [
        "a", "a b", "ab", "A", "é", "e\u{301}", "\u{1}", "\u{1E}", "\u{20}", "\u{7F}", "\u{FFFF}",
        "\u{10FFFF}",
        "*", "%", "_", "'", "\\",
    ]

    private func memory(_ labels: [String], _ key: String = "k", at: Int64 = 0, ttl: Int64? = nil)
        -> MemoryRecord
    {
        MemoryRecord(
            namespace: MemoryNamespace(labels)!, itemKey: key, value: Payload(text: "1"),
            at: Instant(milliseconds: at), ttlMilliseconds: ttl)
    }

    private func below(
        _ labels: [String], now: Int64 = 1, user: UserID = 1, _ bench: StoreBench
    ) throws -> [MemoryRecord] {
        try bench.read { store throws in
            var found: [MemoryRecord] = []
            let (namespace, now) = (MemoryNamespace(labels)!, Instant(milliseconds: now))
            try store.memories(user: user, below: namespace, now: now) { memory in
                found.append(memory)
                return true
            }
            return found
        }
    }

    @Test("a namespace has what is below it and nothing else, whatever its labels are")
    func ranges() throws {
        try withStore { bench in
            let all = Self.labels.flatMap { [[$0], [$0, "x"], ["x", $0]] } + [[], ["x"]]
            try bench.perform { store throws in
                for labels in all { try store.putMemory(user: 1, self.memory(labels)) }
                try store.putMemory(user: 2, self.memory(["a"]))
            }
            for labels in all {
                let wanted = all.filter { $0.starts(with: labels) { $0.utf8.elementsEqual($1.utf8) } }
                #expect(try below(labels, bench).count == wanted.count, "\(labels)")
            }
            let listed = try bench.read { store throws in
                var found: [[String]] = []
                try store.memoryNamespaces(
                    user: 1, below: MemoryNamespace([])!, now: Instant(milliseconds: 1)
                ) {
                    found.append($0.labels)
                    return found.count < 3
                }
                return found
            }
            #expect(listed.first == [] && listed.count == 3)
        }
    }

    @Test("the last changed comes first, and one that is put again keeps when it was created")
    func order() throws {
        try withStore { bench in
            try bench.perform { store throws in
                for (at, key) in ["a", "b", "c", "a"].enumerated() {
                    try store.putMemory(user: 1, self.memory([key], at: Int64(at)))
                }
            }
            let found = try below([], bench)
            #expect(found.map(\.namespace.labels) == [["a"], ["c"], ["b"]])
            #expect(found.first?.created.milliseconds == 0 && found.first?.updated.milliseconds == 3)
        }
    }

    @Test("what has expired is not there: not read, listed, refreshed nor deleted but by the walk for it")
    func expiry() throws {
        try withStore { bench in
            try bench.perform { store throws in
                try store.putMemory(user: 1, self.memory(["a"], ttl: 10))
                try store.putMemory(user: 1, self.memory(["b"], ttl: 20))
            }
            let (place, now) = (MemoryNamespace(["a"])!, Instant(milliseconds: 10))
            #expect(try below([], now: 9, bench).count == 2)
            #expect(try below([], now: 10, bench).map(\.namespace.labels) == [["b"]])
            #expect(try bench.read { try $0.memory(user: 1, place, key: "k", now: now) } == nil)
            try bench.perform { store throws in
                #expect(try !store.refreshMemory(user: 1, place, key: "k", now: now))
                #expect(try !store.deleteMemory(user: 1, place, key: "k", now: now))
                #expect(try store.refreshMemory(user: 1, MemoryNamespace(["b"])!, key: "k", now: now))
                #expect(try store.deleteExpiredMemories(now: Instant(milliseconds: 29), limit: 100))
            }
            #expect(try bench.read { try $0.memoryCount() } == 1)
        }
    }

    @Test("many are deleted a part at a time, and a namespace is gone with its last one")
    func parts() throws {
        try withStore { bench in
            try bench.perform { store throws in
                for key in 0..<5 { try store.putMemory(user: 1, self.memory(["a"], "\(key)")) }
                try store.putMemory(user: 1, self.memory(["a", "late"], at: 9))
            }
            try bench.perform { store throws in
                let (place, moment) = (MemoryNamespace(["a"])!, Instant(milliseconds: 5))
                let first = try store.deleteMemories(user: 1, below: place, changedUpTo: moment, limit: 3)
                #expect(first.count == 3 && !first.isDone)
                let rest = try store.deleteMemories(user: 1, below: place, changedUpTo: moment, limit: 3)
                #expect(rest.count == 2 && rest.isDone)
            }
            #expect(try below([], now: 9, bench).map(\.namespace.labels) == [["a", "late"]])
        }
    }
}
