import SidestepProtocol

/// The calls of a connection that wait for an answer: a value, so that its rules can be tested without a socket.
struct CallTable {
    typealias Completion = @Sendable (Result<RawJSON, SidestepError>) -> Void

    /// One call.
    struct Call {
        let frame: [UInt8]
        /// Whether the daemon treats a second copy like the first, so that a lost reply may be asked for again.
        let mayResend: Bool
        /// Whether its answer may take as long as the world outside does.
        let isPatient: Bool
        /// Whether it is given up when it takes too long.
        let isTimed: Bool
        /// When it was made, in rounds of the table.
        fileprivate(set) var round = 0
        /// Whether the frame went out on this connection; only such a call can have been carried out.
        fileprivate(set) var wasSent = false
        let complete: Completion

        init(
            frame: [UInt8], mayResend: Bool, isPatient: Bool = false,
            isTimed: Bool = false, complete: @escaping Completion
        ) {
            self.frame = frame
            self.mayResend = mayResend
            self.isPatient = isPatient
            self.isTimed = isTimed
            self.complete = complete
        }
    }

    /// Calls sent and not yet answered, at most: half of the daemon's limit `requests_in_flight`.
    static let window = 512
    /// Patient ones among them, at most: calls that are answered at once always find a place.
    static let patientWindow = 384

    private var waiting: [Int: Call] = [:]
    /// Calls of the connection itself, gone with it.
    private var own: [Int: Call] = [:]
    /// The calls that were not sent yet, in the order they were made; some may have been given up.
    private var unsent = Unsent()
    private var inFlight = 0
    private var patientInFlight = 0
    private var lastID = 0
    /// Counts the looks for calls that take too long: a clock is read by whoever looks, and not for every call.
    private var round = 0

    var isEmpty: Bool { waiting.isEmpty }
    /// Bytes of the calls that were sent and wait for an answer.
    var sentBytes: Int { waiting.values.reduce(0) { $0 + ($1.wasSent ? $1.frame.count : 0) } }
    /// Whether `nextFrames` would give something.
    var hasNext: Bool {
        inFlight < Self.window
            && (!unsent.short.isEmpty || !unsent.patient.isEmpty && patientInFlight < Self.patientWindow)
    }

    /// A number no other call of this connection has.
    mutating func nextID() -> Int {
        lastID += 1
        return lastID
    }

    /// Adds a call. Returns whether it is to be sent now; else `nextFrames` will give its frame.
    mutating func add(_ call: Call, id: Int, isUp: Bool) -> Bool {
        var call = call
        call.round = round
        call.wasSent = isUp && unsent[call.isPatient].isEmpty && hasPlace(call.isPatient)
        waiting[id] = call
        if call.wasSent { count(1, call) } else { unsent[call.isPatient].append(id) }
        return call.wasSent
    }

    private func hasPlace(_ isPatient: Bool) -> Bool {
        inFlight < Self.window && (!isPatient || patientInFlight < Self.patientWindow)
    }

    private mutating func count(_ change: Int, _ call: Call) {
        inFlight += change
        if call.isPatient { patientInFlight += change }
    }

    /// Adds a call that nobody waits for: it is never sent again and keeps no connection open.
    mutating func addOwn(_ call: Call, id: Int) { own[id] = call }

    /// Takes a call out, because it was answered or given up. Nil when it is not waiting (any more).
    mutating func take(_ id: Int) -> Call? {
        guard let call = waiting.removeValue(forKey: id) else { return own.removeValue(forKey: id) }
        if call.wasSent { count(-1, call) }
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

    /// Begins another round, and takes out the calls that were made more than so many rounds ago; an answer that comes
    /// later is nobody's.
    mutating func takeOverdue(after rounds: Int) -> [Call] {
        round += 1
        let overdue = waiting.filter { $0.value.isTimed && $0.value.round + rounds < round }.keys.sorted()
        return overdue.compactMap { take($0) }
    }

    /// The call whose line the daemon refused without having read its number: if a line is too long, the longest one
    /// is.
    var longestSent: Int? {
        waiting.filter(\.value.wasSent).max { $0.value.frame.count < $1.value.frame.count }?.key
    }

    /// The daemon did not look at the call: it is sent again before all others. Gives nothing, for nothing ended.
    mutating func putBack(_ id: Int) -> Call? {
        guard let call = waiting[id], call.wasSent else { return take(id) }
        waiting[id]?.wasSent = false
        count(-1, call)
        unsent[call.isPatient].insert(id, at: 0)
        return nil
    }

    /// The connection broke: takes out the calls that this leaves in doubt, sent and not safe to send again. All
    /// others wait to be sent.
    mutating func takeInDoubt() -> [Call] {
        let ids = waiting.filter { $0.value.wasSent && !$0.value.mayResend }.keys.sorted()
        let inDoubt = ids.compactMap { waiting.removeValue(forKey: $0) }
        own = [:]
        (unsent, inFlight, patientInFlight) = (Unsent(), 0, 0)
        for (id, call) in waiting.sorted(by: { $0.key < $1.key }) {
            waiting[id]?.wasSent = false
            unsent[call.isPatient].append(id)
        }
        return inDoubt
    }

    /// Takes out everything.
    mutating func takeAll() -> [Call] {
        let all = waiting.sorted { $0.key < $1.key }.map(\.value)
        (waiting, own, unsent, inFlight, patientInFlight) = ([:], [:], Unsent(), 0, 0)
        return all
    }

    /// The frames that may go out now: those whose answers come soon first, each kind in the order of the calls.
    mutating func nextFrames() -> [[UInt8]] { nextFrames(isPatient: false) + nextFrames(isPatient: true) }

    private mutating func nextFrames(isPatient: Bool) -> [[UInt8]] {
        var frames: [[UInt8]] = []
        var looked = 0
        for id in unsent[isPatient] {
            guard hasPlace(isPatient) else { break }
            looked += 1
            guard let call = waiting[id] else { continue }
            waiting[id]?.wasSent = true
            count(1, call)
            frames.append(call.frame)
        }
        unsent[isPatient].removeFirst(looked)
        return frames
    }
}

/// The calls that were not sent yet, by what their answers wait for.
private struct Unsent {
    var short: [Int] = []
    var patient: [Int] = []

    subscript(isPatient: Bool) -> [Int] {
        get { isPatient ? patient : short }
        _modify { if isPatient { yield &patient } else { yield &short } }
    }
}
