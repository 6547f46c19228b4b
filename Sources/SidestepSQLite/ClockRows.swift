import SidestepModel
import SidestepStore

struct ClockStatements {
    let get, save: Statement
    /// Each moves the delays of one table.
    let shifts: [Statement]

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        get = try library.prepare("clock_get", on: connection)
        save = try library.prepare("clock_save", on: connection)
        var shifts: [Statement] = []
        // Those of families that were added later are found by their name.
        for name in library.names where name.hasPrefix("shift_") {
            shifts.append(try library.prepare(name, on: connection))
        }
        self.shifts = shifts
    }
}

extension SQLiteSession {
    func clockOffset() throws(Failure) -> (boot: String, milliseconds: Int64)? {
        try clock.get.first { (boot: $0.string(), milliseconds: $0.integer()) }
    }

    func saveClockOffset(boot: String, milliseconds: Int64) throws(Failure) {
        try clock.save.run(boot, milliseconds)
    }

    func shiftDelays(byMilliseconds jump: Int64) throws(Failure) {
        for shift in clock.shifts { try shift.run(jump) }
    }
}
