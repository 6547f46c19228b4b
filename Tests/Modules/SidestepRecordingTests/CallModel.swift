import SidestepRecording

/// The calls of a run without looking at `Resolution` and `LostTries`: everything is looked for anew each time.
struct CallModel {
    struct Recording {
        enum State { case coming, completed, gone }

        let body: Int
        var state = State.coming
        /// What its provider has said of it in the end, and whether it did.
        var tokens: Int64?
    }

    /// A client that waits for an answer.
    struct Client {
        let body: Int
        let retry: Int
        let delivery: Resolution.Delivery

        var recording: Int { Int(delivery.recording) }
    }

    /// What happened to calls, in its order.
    enum Event {
        case sent(Int)
        /// It may have been paid for, and has no result.
        case lost(Int)
    }

    /// In their order: the first one has the number 1.
    private var all: [Recording] = []
    var clients: [Client] = []
    /// What this epoch was given, and what of it after its last request.
    var consumed: Set<Int64> = []
    var frontier: [Int64] = []
    /// Calls of this epoch that failed for a client, by body: each explains one retry.
    var excuses: [Int: Int] = [:]
    var history: [Event] = []

    var count: Int { all.count }
    var coming: [Int] { numbers { $0.state == .coming } }
    var completed: [Int] { numbers { $0.state == .completed } }

    subscript(number: Int) -> Recording {
        get { all[number - 1] }
        set { all[number - 1] = newValue }
    }

    /// Another recording; answers its number.
    mutating func add(_ body: Int) -> Int {
        all.append(Recording(body: body))
        return all.count
    }

    private func numbers(_ isMeant: (Recording) -> Bool) -> [Int] {
        all.indices.filter { isMeant(all[$0]) }.map { $0 + 1 }
    }

    private func isFree(_ number: Int) -> Bool {
        !consumed.contains(Int64(number)) && !clients.contains { $0.recording == number }
    }

    /// What a request is answered from, and whose place it takes; nil when its provider is asked.
    func answer(_ body: Int, retry: Int) -> (recording: Int, takenFrom: Int?)? {
        if let free = numbers({ $0.body == body && $0.state != .gone }).first(where: isFree) {
            return (free, nil)
        }
        guard retry > 0, excuses[body, default: 0] == 0 else { return nil }
        let taken = clients.indices.filter { clients[$0].body == body && clients[$0].retry < retry }
            .min { clients[$0].recording < clients[$1].recording }
        return taken.map { (clients[$0].recording, $0) }
    }

    /// The first recorded answer that was not asked for again.
    var expected: Int64? { completed.first(where: isFree).map(Int64.init) }

    mutating func beginEpoch() { (clients, consumed, frontier, excuses) = ([], [], [], [:]) }

    /// The calls that were sent again although a try of them may have been paid for.
    var paidTwice: LostTries.Sum {
        var sum = LostTries.Sum()
        for (index, event) in history.enumerated() {
            guard case .lost(let number) = event, let again = sentAgain(number, after: index) else {
                continue
            }
            let reported = self[number].tokens
            sum.calls += 1
            sum.isEstimated = sum.isEstimated || reported == nil
            let other = self[again]
            sum.tokens += reported ?? (other.state == .completed ? other.tokens ?? 0 : 0)
        }
        return sum
    }

    private func sentAgain(_ number: Int, after index: Int) -> Int? {
        let body = self[number].body
        for case .sent(let other) in history[(index + 1)...] where self[other].body == body {
            return other
        }
        return nil
    }
}
