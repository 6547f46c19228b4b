import SidestepModel
import SidestepProtocol
import SidestepStore

/// Signals that are sent before their run is made, and asked to wait for it.
extension StoreTransaction {
    /// Gives a run that was made just now, under whatever name, the signals that wait for it.
    func adoptEarlySignals(_ run: RunRecord, _ call: CallContext) throws {
        let early = try earlySignals(user: run.userID, id: run.id)
        if early.isEmpty { return }
        // An imported run may have come with one of them.
        for signal in early where try self.signal(run: run.key, messageID: signal.messageID) == nil {
            var own = signal
            own.run = run.key
            try insertSignal(own)
            try append(
                run: run.key, at: call.now, kind: .signalSent, step: nil, attempt: nil,
                detail: detail { $0.member("signal", signal.name) })
        }
        try deleteEarlySignals(user: run.userID, id: run.id)
    }
}

extension SendSignal {
    /// Keeps the signal for a run of the caller's that is not there yet.
    func keep(_ store: any StoreTransaction, _ call: CallContext) throws -> Result {
        let user = call.peer.uid
        if let messageID, let known = try store.earlySignal(user: user, id: run, messageID: messageID) {
            return Result(run: run, signal: known, isDuplicate: true)
        }
        try store.forgetEarlySignals(before: call.now.advanced(byMilliseconds: -Self.keptMilliseconds))
        try refuseFlood(try store.earlySignalCount(user: user, id: run), call)
        let record = message(to: 0, call)
        try store.insertEarlySignal(record, user: user, id: run)
        return Result(run: run, signal: record, isDuplicate: false)
    }

    /// So long they wait for a run that does not come: 30 days.
    static let keptMilliseconds: Int64 = 30 * 86_400_000
}
