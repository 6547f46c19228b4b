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
    func earlySignal(user: UInt32, id: String, messageID: String) throws(Failure) -> SignalRecord? {
        try earlySignals.get.first(.integer(Int64(user)), SQLValue(id), SQLValue(messageID)) {
            SignalRecord(&$0)
        }
    }

    func earlySignals(user: UInt32, id: String) throws(Failure) -> [SignalRecord] {
        try earlySignals.list.all(.integer(Int64(user)), SQLValue(id)) { SignalRecord(&$0) }
    }

    func earlySignalCount(user: UInt32, id: String) throws(Failure) -> Int64 {
        try earlySignals.count.first(.integer(Int64(user)), SQLValue(id)) { $0.integer() } ?? 0
    }

    func insertEarlySignal(_ signal: SignalRecord, user: UInt32, id: String) throws(Failure) {
        try earlySignals.insert.run(
            .integer(Int64(user)), SQLValue(id), SQLValue(signal.name), SQLValue(signal.messageID),
            .integer(Int64(signal.userID)), SQLValue(signal.sent), SQLValue(signal.value))
    }

    func deleteEarlySignals(user: UInt32, id: String) throws(Failure) {
        try earlySignals.delete.run(.integer(Int64(user)), SQLValue(id))
    }

    func forgetEarlySignals(before moment: Instant) throws(Failure) {
        try earlySignals.forget.run(SQLValue(moment))
    }
}
