import SidestepModel
import SidestepStore

struct EarlySignalStatements {
    let insert, get, list, count, delete, forget: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement {
            try library.prepare("early_signal_\(name)", on: connection)
        }
        insert = try block("insert")
        get = try block("get")
        list = try block("list")
        count = try block("count")
        delete = try block("delete")
        forget = try block("forget")
    }
}

/// Signals to runs that are not made yet.
extension SQLiteSession {
    func earlySignal(user: UserID, id: String, messageID: String) throws(Failure) -> SignalRecord? {
        try earlySignals.get.first(Int64(user), id, messageID) {
            SignalRecord(&$0)
        }
    }

    func earlySignals(user: UserID, id: String) throws(Failure) -> [SignalRecord] {
        try earlySignals.list.all(Int64(user), id) { SignalRecord(&$0) }
    }

    func earlySignalCount(user: UserID, id: String) throws(Failure) -> Int64 {
        try earlySignals.count.first(Int64(user), id) { $0.integer() } ?? 0
    }

    func insertEarlySignal(_ signal: SignalRecord, user: UserID, id: String) throws(Failure) {
        try earlySignals.insert.run(
            Int64(user), id, signal.name, signal.messageID,
            Int64(signal.userID), signal.sent, signal.value)
    }

    func deleteEarlySignals(user: UserID, id: String) throws(Failure) {
        try earlySignals.delete.run(Int64(user), id)
    }

    func forgetEarlySignals(before moment: Instant) throws(Failure) {
        try earlySignals.forget.run(moment)
    }
}
