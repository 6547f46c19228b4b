import SidestepProtocol

/// The calls of a connection that wait for an answer: a value, so that its rules can be tested without a socket.
struct CallTable {
    typealias Completion = @Sendable (Result<RawJSON, SidestepError>) -> Void

    /// One call.
    struct Call {
        let frame: [UInt8]
        /// Whether the daemon treats a second copy like the first, so that a lost reply may be asked for again.
        let mayResend: Bool
        /// Whether the frame went out on this connection; only such a call can have been carried out.
        fileprivate(set) var wasSent = false
        let complete: Completion

        init(frame: [UInt8], mayResend: Bool, complete: @escaping Completion) {
            self.frame = frame
            self.mayResend = mayResend
            self.complete = complete
        }
    }

    /// Calls sent and not yet answered, at most: half of the daemon's limit `requests_in_flight`.
    static let window = 512

    private var waiting: [Int: Call] = [:]
    /// Calls of the connection itself, gone with it.
    private var own: [Int: Call] = [:]
    /// The calls that were not sent yet, in the order they were made; some may have been given up.
    private var unsent: [Int] = []
    private var inFlight = 0
    private var lastID = 0

    var isEmpty: Bool { waiting.isEmpty }
    /// Whether `nextFrames` would give something.
    var hasNext: Bool { !unsent.isEmpty && inFlight < Self.window }

    /// A number no other call of this connection has.
    mutating func nextID() -> Int {
        lastID += 1
        return lastID
    }

    /// Adds a call. Returns whether it is to be sent now; else `nextFrames` will give its frame.
    mutating func add(_ call: Call, id: Int, isUp: Bool) -> Bool {
        var call = call
        call.wasSent = isUp && unsent.isEmpty && inFlight < Self.window
        waiting[id] = call
        if call.wasSent { inFlight += 1 } else { unsent.append(id) }
        return call.wasSent
    }

    /// Adds a call that nobody waits for: it is never sent again and keeps no connection open.
    mutating func addOwn(_ call: Call, id: Int) { own[id] = call }

    /// Takes a call out, because it was answered or given up. Nil when it is not waiting (any more).
    mutating func take(_ id: Int) -> Call? {
        guard let call = waiting.removeValue(forKey: id) else { return own.removeValue(forKey: id) }
        if call.wasSent { inFlight -= 1 }
        return call
    }

    /// Takes out a call that its caller gave up; `late` gets the answer that may come all the same.
    ///
    /// - Returns: the call, and whether the daemon has it.
    mutating func giveUp(_ id: Int, late: @escaping Completion) -> (call: Call, wasSent: Bool)? {
        guard let call = waiting[id] else { return nil }
        _ = take(id)
        if call.wasSent { addOwn(Call(frame: [], mayResend: false, complete: late), id: id) }
        return (call, call.wasSent)
    }

    /// The call whose line the daemon refused without having read its number: if a line is too long, the longest one
    /// is.
    var longestSent: Int? {
        waiting.filter(\.value.wasSent).max { $0.value.frame.count < $1.value.frame.count }?.key
    }

    /// The daemon did not look at the call: it is sent again before all others. Gives nothing, for nothing ended.
    mutating func putBack(_ id: Int) -> Call? {
        guard waiting[id]?.wasSent == true else { return take(id) }
        waiting[id]?.wasSent = false
        inFlight -= 1
        unsent.insert(id, at: 0)
        return nil
    }

    /// The connection broke: takes out the calls that this leaves in doubt, sent and not safe to send again. All others
    /// wait to be sent.
    mutating func takeInDoubt() -> [Call] {
        let ids = waiting.filter { $0.value.wasSent && !$0.value.mayResend }.keys.sorted()
        let inDoubt = ids.compactMap { waiting.removeValue(forKey: $0) }
        own = [:]
        unsent = waiting.keys.sorted()
        inFlight = 0
        for id in unsent { waiting[id]?.wasSent = false }
        return inDoubt
    }

    /// Takes out everything.
    mutating func takeAll() -> [Call] {
        let all = waiting.sorted { $0.key < $1.key }.map(\.value)
        (waiting, own, unsent, inFlight) = ([:], [:], [], 0)
        return all
    }

    /// The frames that may go out now, in the order the calls were made.
    mutating func nextFrames() -> [[UInt8]] {
        var frames: [[UInt8]] = []
        var count = 0
        while count < unsent.count, inFlight < Self.window {
            let id = unsent[count]
            count += 1
            guard let frame = waiting[id]?.frame else { continue }
            waiting[id]?.wasSent = true
            inFlight += 1
            frames.append(frame)
        }
        unsent.removeFirst(count)
        return frames
    }
}
