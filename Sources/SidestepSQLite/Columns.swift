import CSQLite
import SidestepModel

/// What goes through the columns of a record, one after another: it reads them, binds them, or lists their names.
///
/// A record says once what its columns are called and which of its parts they hold; from that come the lists of columns
/// in the statements, what is read and what is written.
protocol Columns {
    static var reads: Bool { get }
    mutating func pass<Value: ColumnValue>(
        _ name: StaticString, _ written: ColumnWriting, _ value: inout Value)
}

/// Which statements write a column.
enum ColumnWriting {
    /// Statements of its own, or the database itself.
    case apart
    /// The one that adds the row.
    case once
    /// Those that add or change it.
    case always
    /// The same; it is not read with the record, from which it follows.
    case unread
}

extension Columns {
    /// A column that each write of the record writes.
    mutating func column(_ name: StaticString, _ value: inout some ColumnValue) {
        pass(name, .always, &value)
    }

    /// One that never changes once the row is there.
    mutating func once(_ name: StaticString, _ value: inout some ColumnValue) { pass(name, .once, &value) }

    /// One that is only read with the record.
    mutating func apart(_ name: StaticString, _ value: inout some ColumnValue) { pass(name, .apart, &value) }

    /// One that follows from others, for an index.
    mutating func unread(_ name: StaticString, _ value: @autoclosure () -> some ColumnValue) {
        if Self.reads { return }
        var value = value()
        pass(name, .unread, &value)
    }

    static var reads: Bool { false }

    /// A word of a list that is ours alone; one that is not in it is none.
    mutating func word<Word: RawRepresentable<String>>(_ name: StaticString, _ value: inout Word?) {
        var text = value?.rawValue
        column(name, &text)
        value = text.flatMap(Word.init(rawValue:))
    }

    mutating func process(
        _ pid: StaticString, _ start: StaticString, _ place: StaticString, _ process: inout ProcessIdentity?
    ) {
        var (number, ticks, daemon) = (process?.pid, process?.startTicks, process?.place)
        column(pid, &number)
        column(start, &ticks)
        column(place, &daemon)
        process = number.map { ProcessIdentity(pid: $0, startTicks: ticks ?? 0, place: daemon ?? 0) }
    }
}

/// A record that stands in a table.
protocol Stored {
    /// What stands for its columns in the `.sql` files.
    static var word: String { get }
    static var table: String { get }
    /// A record to read into.
    static var blank: Self { get }
    mutating func pass(through columns: inout some Columns)
}

extension Stored {
    /// Reads the columns that its word stands for.
    init(_ row: inout Row) {
        self = .blank
        var reader = ColumnReader(row: row)
        pass(through: &reader)
        row = reader.row
    }

    static var columns: [ColumnNames.Column] {
        var (names, blank) = (ColumnNames(), blank)
        blank.pass(through: &names)
        return names.found
    }
}

private struct ColumnReader: Columns {
    static var reads: Bool { true }
    var row: Row

    mutating func pass<Value: ColumnValue>(_ name: StaticString, _: ColumnWriting, _ value: inout Value) {
        assert(row.name == "\(name)", "the column is \(row.name), not \(name)")
        value = Value(&row)
    }
}

struct ColumnNames: Columns {
    typealias Column = (name: String, written: ColumnWriting)
    private(set) var found: [Column] = []

    mutating func pass<Value: ColumnValue>(
        _ name: StaticString, _ written: ColumnWriting, _: inout Value
    ) { found.append(("\(name)", written)) }
}

private struct ColumnBinder: Columns {
    var binding: Binding
    /// The parameter of each column, in the order of the record; 0 for one that the statement does not take.
    let parameters: [Int32]
    private var place = 0

    init(_ binding: Binding, _ parameters: [Int32]) {
        (self.binding, self.parameters) = (binding, parameters)
    }

    mutating func pass<Value: ColumnValue>(_: StaticString, _: ColumnWriting, _ value: inout Value) {
        binding.next = parameters[place]
        place += 1
        if binding.next > 0 { value.bind(&binding) }
    }
}

/// A statement that writes a record: its parameters are called as the record's columns are.
final class RecordStatement<Record: Stored> {
    private let statement: Statement
    private var parameters: [Int32] = []
    private var expected: Int32 = 0

    init(_ statement: Statement) throws(Failure) {
        self.statement = statement
        #if DEBUG
            find(try statement.begin().handle)
        #endif
    }

    /// Writes the record; where the statement compares it, under the epoch that the caller believes in.
    ///
    /// - Returns: how many rows it changed.
    func write(_ record: inout Record, expecting epoch: Int64 = 0) throws(Failure) -> Int {
        let binding = try statement.begin()
        if parameters.isEmpty { find(binding.handle) }
        var binder = ColumnBinder(binding, parameters)
        record.pass(through: &binder)
        if expected > 0 {
            binder.binding.next = expected
            binder.binding.integer(epoch)
        }
        return try statement.change(binder.binding)
    }

    /// Finds the parameters, once.
    private func find(_ handle: OpaquePointer) {
        expected = sqlite3_bind_parameter_index(handle, ":expected")
        parameters = Record.columns.map { sqlite3_bind_parameter_index(handle, ":" + $0.name) }
        let found = parameters.count { $0 > 0 } + (expected > 0 ? 1 : 0)
        precondition(
            found == sqlite3_bind_parameter_count(handle),
            "\(statement.name) takes something that is no column of \(Record.table)")
    }
}
