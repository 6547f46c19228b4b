import SidestepModel

/// Calls that wait, by what they wait for: coming and going cost the same however many there are.
struct ParkedCalls {
    private struct Entry {
        let call: Call
        let topics: [Topic]
        let timer: (any LoopTimer)?
        /// Grows with every parking: who parked before an offer has a smaller one.
        let ticket: Int64
    }

    /// Who waits for one thing, in their order. Who has gone leaves a gap, which is closed when there are many.
    private struct Queue {
        private(set) var tickets: [Int64] = []
        private var head = 0
        private var gaps = 0

        var live: ArraySlice<Int64> { tickets[head...] }
        var isEmpty: Bool { tickets.count - head == gaps }

        mutating func append(_ ticket: Int64) { tickets.append(ticket) }

        /// Somebody has gone; `isThere` tells who has not.
        mutating func left(_ isThere: (Int64) -> Bool) {
            gaps += 1
            while head < tickets.count, !isThere(tickets[head]) {
                head += 1
                gaps -= 1
            }
            guard gaps > 32, gaps * 2 > tickets.count - head else { return }
            tickets = tickets[head...].filter(isThere)
            (head, gaps) = (0, 0)
        }
    }

    private var entries: [Int64: Entry] = [:] {
        didSet { meter.set(entries.count) }
    }
    private var tickets: [ObjectIdentifier: Int64] = [:]
    private var byTopic: [Topic: Queue] = [:]
    private var bySession: [Int64: Set<Int64>] = [:]
    private var byProcess: [ProcessIdentity: Set<Int64>] = [:]
    private(set) var lastTicket: Int64 = 0
    private let meter: Meter

    /// - Parameter meter: what is told how many there are.
    init(counted meter: Meter = Meter()) { self.meter = meter }

    var count: Int { entries.count }

    mutating func insert(_ call: Call, _ topics: [Topic], timer: (any LoopTimer)?) {
        let topics = topics.count > 1 ? Array(Set(topics)) : topics
        lastTicket += 1
        entries[lastTicket] = Entry(call: call, topics: topics, timer: timer, ticket: lastTicket)
        tickets[ObjectIdentifier(call)] = lastTicket
        bySession[call.session, default: []].insert(lastTicket)
        byProcess[call.peer.process, default: []].insert(lastTicket)
        for topic in topics { byTopic[topic, default: Queue()].append(lastTicket) }
    }

    /// Takes out the first call that waits for `topic` since before `ticket`.
    mutating func takeFirst(_ topic: Topic, until ticket: Int64) -> Call? {
        guard let first = byTopic[topic]?.live.first, first <= ticket else { return nil }
        return take(ticket: first)
    }

    mutating func remove(_ id: ObjectIdentifier) -> Call? { tickets[id].flatMap { take(ticket: $0) } }

    /// Takes out all calls that wait for `topic`, in the order in which they came.
    mutating func take(_ topic: Topic) -> [Call] {
        // Every commit asks, and mostly nobody waits.
        if byTopic.isEmpty { return [] }
        return (byTopic[topic]?.live ?? []).compactMap { take(ticket: $0) }
    }

    mutating func take(session: Int64) -> [Call] {
        (bySession[session] ?? []).sorted().compactMap { take(ticket: $0) }
    }

    /// Takes out the call that is this request of the connection's.
    mutating func take(session: Int64, request: ArraySlice<UInt8>) -> Call? {
        bySession[session]?.first { entries[$0]?.call.request == request }.flatMap { take(ticket: $0) }
    }

    mutating func take(process: ProcessIdentity) -> [Call] {
        (byProcess[process] ?? []).sorted().compactMap { take(ticket: $0) }
    }

    mutating func takeAll() -> [Call] { entries.keys.sorted().compactMap { take(ticket: $0) } }

    private mutating func take(ticket: Int64) -> Call? {
        guard let entry = entries.removeValue(forKey: ticket) else { return nil }
        entry.timer?.cancel()
        tickets[ObjectIdentifier(entry.call)] = nil
        Self.remove(ticket, entry.call.session, &bySession)
        Self.remove(ticket, entry.call.peer.process, &byProcess)
        for topic in entry.topics { leave(topic) }
        return entry.call
    }

    private static func remove<Key>(_ ticket: Int64, _ key: Key, _ index: inout [Key: Set<Int64>]) {
        index[key]?.remove(ticket)
        if index[key]?.isEmpty == true { index[key] = nil }
    }

    private mutating func leave(_ topic: Topic) {
        // Taken out while it changes, or its array would be copied.
        guard var queue = byTopic.removeValue(forKey: topic) else { return }
        queue.left { entries[$0] != nil }
        if !queue.isEmpty { byTopic[topic] = queue }
    }
}
