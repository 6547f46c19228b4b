import SidestepModel
import SidestepStore

extension CallContext {
    /// Whose a limit or breaker is that the caller puts: an administrator's is everybody's.
    var limitUser: Int64 { peer.isAdministrator ? LimitRecord.everybody : Int64(peer.uid) }
}

/// Says how many steps that name a limit may run, and begin; whoever puts it again replaces it.
public struct PutLimit: Command {
    /// The name that steps give; everybody's when an administrator puts it, else the caller's own.
    public let limit: String
    /// Steps that may hold it at once; nil is without limit.
    public var concurrency: Int64?
    /// How many steps may begin in a span of time; nil is without limit.
    public var rate: Rate?

    /// A call of `limit.put`; what is not set is without limit.
    public init(limit: String) { self.limit = limit }

    /// Answers with the limit; steps that wait for it look again. The same rate keeps what was taken from it.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> LimitView {
        var record = LimitRecord(userID: call.limitUser, name: limit)
        var isSame = false
        if let known = try store.limit(user: call.peer.uid, name: limit), known.userID == call.limitUser {
            // The same rate keeps what was taken from it.
            if known.rate == rate { record.bucket = known.bucket }
            isSame = known.rate == rate && known.concurrency == concurrency
            call.after(.changed(.limit(known.key)))
        }
        record.concurrency = concurrency
        record.rate = rate
        try store.saveLimit(record)
        // A program that puts its limits whenever it starts changes nothing.
        if !isSame { try store.note(act: "limit.put", limit, &call) }
        return try store.view(try store.limit(user: call.peer.uid, name: limit) ?? record)
    }
}

/// A limit with the steps that hold it.
public struct LimitView: Sendable {
    /// The record; its `userID` tells whether it is everybody's.
    public var limit: LimitRecord
    /// Attempts that have begun and not ended, `running` on the wire.
    public var holders: Int64
}

extension StoreReader {
    func view(_ limit: LimitRecord) throws(Failure) -> LimitView {
        LimitView(limit: limit, holders: try holders(limit: limit.key))
    }
}

/// The limits that the caller's steps may name.
public struct ListLimits: Query {
    /// A call of `limit.list`, which has no parameters.
    public init() {}

    /// Answers with the caller's own and everybody's; an administrator sees those of all users.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> [LimitView] {
        try store.limits(user: call.visibleUser).map { try store.view($0) }
    }
}

/// Removes a limit; whoever waits for it is let through to the error that there is none.
public struct DeleteLimit: Command {
    /// The name of a limit of the caller's own; for an administrator, of everybody's.
    public let limit: String

    /// A call of `limit.delete`.
    public init(limit: String) { self.limit = limit }

    /// Answers whether there was one; steps that hold it go on.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Bool {
        guard let record = try store.limit(user: call.peer.uid, name: limit), record.userID == call.limitUser
        else { return false }
        try store.deleteLimit(key: record.key)
        try store.note(act: "limit.delete", limit, &call)
        call.after(.changed(.limit(record.key)))
        return true
    }
}

/// Says when a breaker opens and for how long; what it has counted stays.
public struct PutBreaker: Command {
    /// The name that steps give; everybody's when an administrator puts it, else the caller's own.
    public let breaker: String
    /// Failures in a row that open it; only those count that another attempt might mend.
    public let maxFailures: Int64
    /// How long it is open before one step, the probe, is let through.
    public let cooldownMilliseconds: Int64

    /// A call of `breaker.put`.
    public init(breaker: String, maxFailures: Int64, cooldownMilliseconds: Int64) {
        self.breaker = breaker
        self.maxFailures = maxFailures
        self.cooldownMilliseconds = cooldownMilliseconds
    }

    /// Answers with the breaker; one that was there stays open or closed.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> BreakerRecord {
        let known = try store.breaker(user: call.peer.uid, name: breaker)
        var record =
            known?.userID == call.limitUser
            ? known! : BreakerRecord(userID: call.limitUser, name: breaker, breaker: Breaker())
        let before = record
        record.breaker.maxFailures = maxFailures
        record.breaker.cooldownMilliseconds = cooldownMilliseconds
        try store.saveBreaker(record)
        if known == nil || record != before { try store.note(act: "breaker.put", breaker, &call) }
        return record
    }
}

/// Closes a breaker: somebody knows that the other side is well. Steps of the daemon that wait for it go on at once.
public struct ResetBreaker: Command {
    /// The name of a breaker of the caller's own; for an administrator, of everybody's as well.
    public let breaker: String

    /// A call of `breaker.reset`.
    public init(breaker: String) { self.breaker = breaker }

    /// Answers with the breaker, closed, its count at 0; `invalid_argument` when there is none that is the caller's.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> BreakerRecord {
        guard var record = try store.breaker(user: call.peer.uid, name: breaker),
            record.userID == call.limitUser || record.userID == Int64(call.peer.uid)
        else {
            throw Failure(
                .invalidArgument, "there is no breaker '\(breaker)' that is yours",
                hint: "`sidestep breaker list` shows them.")
        }
        record.breaker = Breaker(
            maxFailures: record.breaker.maxFailures, cooldownMilliseconds: record.breaker.cooldownMilliseconds
        )
        record.probe = nil
        try store.saveBreaker(record)
        try store.hastenExecutions(breaker: record, to: call.now)
        call.after(.executionDue(call.now))
        try store.note(act: "breaker.reset", breaker, &call)
        return record
    }
}

/// The breakers that the caller's steps may name.
public struct ListBreakers: Query {
    /// A call of `breaker.list`, which has no parameters.
    public init() {}

    /// Answers with the caller's own and everybody's; an administrator sees those of all users.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> [BreakerRecord] {
        try store.breakers(user: call.visibleUser)
    }
}
