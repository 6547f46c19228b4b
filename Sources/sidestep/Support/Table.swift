/// Columns that line up.
struct Table {
    private let header: [String]
    private var rows: [[String]] = []

    init(_ header: [String]) { self.header = header }

    init(_ header: String...) { self.init(header) }

    mutating func add(_ cells: [String]) { rows.append(cells.map { $0.isEmpty ? "-" : $0 }) }

    mutating func add(_ cells: String...) { add(cells) }

    /// Prints the table, or a sentence when there are no rows.
    func print(orWhenEmpty sentence: String) {
        guard !rows.isEmpty else { return Output.line(sentence) }
        let widths = header.indices.map { column in
            ([header] + rows).map { Self.width($0[column]) }.max() ?? 0
        }
        for row in [header] + rows { Output.line(Self.line(row, widths)) }
    }

    private static func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (cell, width) in zip(cells, widths) {
            line += cell + String(repeating: " ", count: width - Self.width(cell) + 2)
        }
        while line.last == " " { line.removeLast() }
        return line
    }

    /// Characters that are seen: colours take no room.
    private static func width(_ cell: String) -> Int {
        var width = 0
        var isEscape = false
        for character in cell {
            if character == "\u{1B}" { isEscape = true }
            if !isEscape { width += 1 }
            if character == "m" { isEscape = false }
        }
        return width
    }
}

/// Names and values below each other.
struct Fields {
    private var lines: [(name: String, value: String)] = []

    /// Adds a line, unless there is nothing to say.
    mutating func add(_ name: String, _ value: String?) {
        if let value { lines.append((name, value)) }
    }

    func print() {
        let width = lines.map(\.name.count).max() ?? 0
        for (name, value) in lines {
            Output.line(name + String(repeating: " ", count: width - name.count + 2) + value)
        }
    }
}
