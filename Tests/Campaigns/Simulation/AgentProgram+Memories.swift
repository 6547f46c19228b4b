import SidestepEngine
import SidestepModel
import SidestepProtocol
import TestSupport

/// What is remembered beyond runs, as it should be.
struct MemoryOracle {
    struct Place: Hashable {
        var labels: [String]
        var key: String
    }

    struct Memory: Equatable {
        var number: Int
        var created: Int64
        var updated: Int64
        var ttl: Int64?
        var expires: Int64?
    }

    /// Those that expired included.
    private var all: [Place: Memory] = [:]

    func there(_ now: Int64) -> [Place: Memory] { all.filter { now < $0.value.expires ?? .max } }

    mutating func put(_ place: Place, _ number: Int, ttl: Int64?, _ now: Int64) {
        all[place] = Memory(
            number: number, created: there(now)[place]?.created ?? now, updated: now, ttl: ttl,
            expires: ttl.map { now + $0 })
    }

    mutating func refresh(_ place: Place, _ now: Int64) -> Bool {
        guard let found = there(now)[place] else { return false }
        all[place]?.expires = found.ttl.map { now + $0 }
        return true
    }

    mutating func delete(_ place: Place, _ now: Int64) -> Bool {
        guard there(now)[place] != nil else { return false }
        all[place] = nil
        return true
    }

    mutating func clear(_ labels: [String]) { all = all.filter { !$0.key.labels.starts(with: labels) } }
}

extension AgentProgram {
    private var now: Int64 { daemon.clock.now().milliseconds }

    private func pickLabels() -> [String] {
        (0..<random.below(4)).map { _ in random.pick(["a", "b", "a b", "aa"]) }
    }

    func memory() throws {
        let place = MemoryOracle.Place(labels: pickLabels(), key: random.pick(["x", "y"]))
        let namespace = MemoryNamespace(place.labels)!
        switch random.below(20) {
        case 0..<10:
            let (number, ttl) = (random.below(5), random.oneIn(2) ? Int64(1 + random.below(60)) : nil)
            let put = PutMemory(
                namespace: namespace, key: place.key, value: Payload(text: #"{"n":\#(number)}"#),
                ttlMilliseconds: ttl)
            try daemon.call(put, by: client).get()
            memories.put(place, number, ttl: ttl, now)
            note("put \(place.labels) \(place.key) \(ttl ?? 0)")
        case 10..<12:
            let isThere = try daemon.call(RefreshMemory(namespace: namespace, key: place.key), by: client)
                .get()
            try compare("refresh \(place.labels) \(place.key)", memories.refresh(place, now), isThere)
        case 12..<15:
            let isThere = try daemon.call(DeleteMemory(namespace: namespace, key: place.key), by: client)
                .get()
            try compare("forget \(place.labels) \(place.key)", memories.delete(place, now), isThere)
        case 15 where !place.labels.isEmpty:
            _ = try daemon.call(ClearMemories(namespace: namespace), by: client).get()
            memories.clear(place.labels)
            note("clear \(place.labels)")
        default: try search(place.labels)
        }
    }

    private func search(_ labels: [String]) throws {
        let least = random.below(6)
        let asked = try RawJSON(parsing: Array(#"{"n":{"$gte":\#(least)}}"#.utf8))
        let filter = try MemoryFilter(members: asked, text: nil, limits: Limits())
        var search = SearchMemories(namespace: MemoryNamespace(labels)!, filter: filter)
        search.limit = 1 + random.below(4)
        var found: [MemoryRecord] = []
        while true {
            let page = try daemon.query(search, by: client)
            found += page.items
            guard let more = page.more else { break }
            search.offset = more
        }
        let wanted = memories.there(now).filter {
            $0.key.labels.starts(with: labels) && $0.value.number >= least
        }
        try compare("search \(labels) \(least)", wanted, Dictionary(uniqueKeysWithValues: found.map(memory)))
        let times = found.map(\.updated.milliseconds)
        try compare("order of \(labels)", times.sorted(by: >), times)
    }

    func compareMemories() throws {
        let there = memories.there(now)
        var list = ListMemoryNamespaces(pattern: MemoryPattern())
        list.limit = 1000
        try compare(
            "namespaces", Set(there.keys.map(\.labels)),
            Set(try daemon.query(list, by: client).items.map(\.labels)))
        for (place, wanted) in there {
            let get = GetMemory(namespace: MemoryNamespace(place.labels)!, key: place.key)
            let found = try daemon.query(get, by: client).map { memory($0).1 }
            try compare("memory \(place.labels) \(place.key)", wanted, found)
        }
    }

    private func memory(_ record: MemoryRecord) -> (MemoryOracle.Place, MemoryOracle.Memory) {
        let number = RawJSON(validated: record.value)["n"]?.integer ?? -1
        return (
            MemoryOracle.Place(labels: record.namespace.labels, key: record.itemKey),
            MemoryOracle.Memory(
                number: Int(number), created: record.created.milliseconds,
                updated: record.updated.milliseconds, ttl: record.ttlMilliseconds,
                expires: record.expires?.milliseconds)
        )
    }
}
