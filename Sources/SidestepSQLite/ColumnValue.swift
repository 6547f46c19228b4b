import CSQLite
import SidestepModel

/// A value that a column holds and a parameter takes.
protocol ColumnValue {
    /// Reads the column that comes next.
    init(_ row: inout Row)
    /// Binds it to the parameter that comes next.
    func bind(_ binding: inout Binding)
}

extension Int64: ColumnValue {
    init(_ row: inout Row) { self = row.integer() }
    func bind(_ binding: inout Binding) { binding.integer(self) }
}

extension Int: ColumnValue {
    init(_ row: inout Row) { self = Int(row.integer()) }
    func bind(_ binding: inout Binding) { binding.integer(Int64(self)) }
}

extension Int32: ColumnValue {
    init(_ row: inout Row) { self.init(truncatingIfNeeded: row.integer()) }
    func bind(_ binding: inout Binding) { binding.integer(Int64(self)) }
}

extension UserID: ColumnValue {
    init(_ row: inout Row) { self = row.user() }
    func bind(_ binding: inout Binding) { binding.integer(Int64(self)) }
}

extension Bool: ColumnValue {
    init(_ row: inout Row) { self = row.bool() }
    func bind(_ binding: inout Binding) { binding.integer(self ? 1 : 0) }
}

extension Double: ColumnValue {
    init(_ row: inout Row) { self = row.real() }
    func bind(_ binding: inout Binding) { binding.real(self) }
}

extension Instant: ColumnValue {
    init(_ row: inout Row) { self = row.instant() }
    func bind(_ binding: inout Binding) { binding.integer(milliseconds) }
}

extension String: ColumnValue {
    init(_ row: inout Row) { self = row.string() }
    func bind(_ binding: inout Binding) { binding.string(self) }
}

/// A payload is JSON: it stands as TEXT, UTF-8 by the scanner's word.
extension ArraySlice<UInt8>: ColumnValue {
    init(_ row: inout Row) { self = row.payload() }
    func bind(_ binding: inout Binding) { binding.text(self) }
}

extension [UInt8]: ColumnValue {
    init(_ row: inout Row) { self = row.bytes() }
    func bind(_ binding: inout Binding) { binding.blob(self) }
}

extension Optional: ColumnValue where Wrapped: ColumnValue {
    init(_ row: inout Row) { self = row.isNull ? row.skip() : Wrapped(&row) }

    func bind(_ binding: inout Binding) {
        if let self { self.bind(&binding) } else { binding.null() }
    }
}

/// A word of a list that the schema holds as well.
protocol ColumnWord: ColumnValue, RawRepresentable<String> {}

extension ColumnWord {
    init(_ row: inout Row) { self = row.status() }
    func bind(_ binding: inout Binding) { binding.string(rawValue) }
}

extension RunStatus: ColumnWord {}
extension StepStatus: ColumnWord {}
extension StepExecutor: ColumnWord {}
extension Overlap: ColumnWord {}
