import SidestepModel
import SidestepProtocol
import SidestepStore

/// Sends a named message to a run: the oldest open wait for it gets it, or it is kept until one comes.
public struct SendSignal: Command {
    /// The id of a run that the caller may see, or, with `mayPrecede`, of one of his own that is to come.
    public let run: String
    /// The signal's name: signals of one name are a queue of their own.
    public let signal: String
    /// What the wait gets, JSON as it came.
    public var value: Payload?
    /// Recognises a message that is sent again; nil makes one.
    public var messageID: String?
    /// Whether it waits for a run of the caller's that is not made yet.
    public var mayPrecede = false

    /// A call of `signal.send`; no lease is needed.
    public init(run: String, signal: String) {
        self.run = run
        self.signal = signal
    }

    /// The signal as it is kept, and whether this call sent it.
    public struct Result: Sendable {
        /// The id of the run, whether it is there yet or not.
        public var run: String
        /// The signal; its `consumedBy` names the wait that it ended, nil when it is kept.
        public var signal: SignalRecord
        /// Whether a message of this id had come before.
        public var isDuplicate: Bool
    }

    /// Keeps the signal, or ends a wait with it in the same transaction. Throws `run_closed`, or `limit_exceeded` when
    /// too many are kept already.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Result {
        if mayPrecede, try store.run(user: call.peer.uid, id: run, generation: nil) == nil {
            return try keep(store, call)
        }
        let run = try store.visibleRun(run, call)
        if let messageID, let known = try store.signal(run: run.key, messageID: messageID) {
            return Result(run: run.id, signal: known, isDuplicate: true)
        }
        if run.status.isClosed { throw Failure.runClosed(run) }
        try refuseFlood(try store.pendingSignalCount(run: run.key), call)
        var record = message(to: run.key, call)
        let waiting = try store.stepWaiting(for: record)
        record.consumedBy = waiting?.name
        record.consumed = waiting.map { _ in call.now }
        try store.insertSignal(record)
        try store.append(
            run: run.key, at: call.now, kind: .signalSent, step: waiting?.name, attempt: nil,
            detail: detail { writer in
                writer.member("signal", signal)
                writer.by(call.peer)
            })
        call.tell(act: "signal.send", run.id, of: run.userID)
        if let waiting { try store.wake(waiting, WaitOutput.signal(record), &call) }
        return Result(run: run.id, signal: record, isDuplicate: false)
    }

    func message(to run: Int64, _ call: CallContext) -> SignalRecord {
        SignalRecord(
            run: run, name: signal,
            messageID: messageID ?? Identifiers.hex(call.environment.random.bytes(12)),
            userID: call.peer.uid, sent: call.now, value: value)
    }

    func refuseFlood(_ pending: Int64, _ call: CallContext) throws {
        let limit = call.environment.settings.pendingSignals
        guard pending >= Int64(limit) else { return }
        throw Failure(
            .limitExceeded, "the run has \(limit) signals that nobody has waited for, which is the limit",
            run: run, hint: "Let the run consume them, or raise limits.pending_signals."
        ).with(\.limit, "pending_signals")
    }
}

extension StoreTransaction {
    /// The oldest open wait for a signal of this name.
    fileprivate func stepWaiting(for signal: SignalRecord) throws -> StepRecord? {
        try waitingSteps(run: signal.run, WaitCondition(.signal, signal.name), limit: 1).first
    }

    /// Hands a pending signal to the wait that is open for it, if there is one.
    func hand(_ signal: SignalRecord, _ call: inout CallContext) throws {
        guard let waiting = try stepWaiting(for: signal) else { return }
        try consumeSignal(key: signal.key, by: waiting.name, at: call.now)
        try wake(waiting, WaitOutput.signal(signal), &call)
    }
}

/// Signals of a run, in the order in which they were sent.
public struct ListSignals: Query {
    /// The id of a run that the caller may see; its newest generation is meant.
    public let run: String
    /// Only signals of this name; nil lists all.
    public let signal: String?
    /// Whether those that a wait has taken are listed as well.
    public let includesConsumed: Bool
    /// The key of the last one of the page before; 0 begins at the oldest.
    public let after: Int64
    /// Signals of one page at most.
    public let limit: Int

    /// A call of `signal.list`.
    public init(run: String, signal: String?, includesConsumed: Bool, after: Int64, limit: Int) {
        self.run = run
        self.signal = signal
        self.includesConsumed = includesConsumed
        self.after = after
        self.limit = limit
    }

    /// Answers with a page; a signal that is kept for a run to come is in no list.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Page<SignalRecord> {
        try store.signals(
            run: store.visibleRun(run, call).key, name: signal, pendingOnly: !includesConsumed, after: after,
            limit: limit)
    }
}
