import Sidestep
import SidestepProtocol

/// The answer of `run.timeline` as lines of a terminal.
struct TimelineDrawing {
    /// Columns that names take, with the blanks around them.
    static let margin = 28
    /// Rows of steps; those behind them share one.
    static let rows = 40

    private let found: RawJSON
    private let axis: TimelineAxis

    init(_ found: RawJSON, width: Int) {
        self.found = found
        axis = TimelineAxis(
            from: found["from_at"]?.int ?? 0, until: found["until_at"]?.int ?? 0,
            columns: max(1, width - Self.margin))
    }

    /// The whole drawing, under a line that says which run it is.
    func lines(of run: RawJSON) -> [String] {
        var lines = [
            "\(run["id"]?.string ?? "")  \(run["status"]?.string ?? "")  "
                + "\(axis.fromClock) to \(axis.untilClock), \(RelativeTime.span(axis.length))",
            label("") + text(Array(axis.ruler)),
        ]
        lines += elements("lives").map(life) + steps + marks
        if found["partial"]?.bool == true {
            lines.append("There is more than this: `--last` draws a shorter part.")
        }
        return lines
    }

    private func elements(_ name: String) -> [RawJSON] { found[name]?.elements ?? [] }

    private func life(_ life: RawJSON) -> String {
        var row = axis.row
        axis.draw("=", life, on: &row)
        let who = life["pid"]?.int.map { " by \($0)" } ?? ""
        return label("life \(life["epoch"]?.int ?? 0)\(who)") + text(row) + "  \(life["end"]?.string ?? "")"
    }

    /// A row for each step that is seen by itself, and one for all others.
    private var steps: [String] {
        var names: [String] = []
        var rows: [String: [Character]] = [:]
        var rest = (row: axis.row, count: 0, isMore: false)
        for span in elements("spans") {
            let sign = Self.signs[span["kind"]?.string ?? ""] ?? "#"
            if let name = span["step"]?.string, rows[name] != nil || names.count < Self.rows {
                if rows[name] == nil { names.append(name) }
                axis.draw(sign, span, on: &rows[name, default: axis.row])
            } else {
                axis.draw(sign, span, on: &rest.row)
                rest.count += span["count"]?.int ?? 0
                rest.isMore = rest.isMore || span["count"] == nil
            }
        }
        let lines = names.map { label($0) + text(rows[$0] ?? []) }
        guard rest.count > 0 || rest.isMore else { return lines }
        let count = rest.isMore ? "many steps" : "\(rest.count) steps"
        return lines + [label(count) + text(rest.row)]
    }

    /// What else happened to the run itself, a line each kind.
    private var marks: [String] {
        var rows: [(kind: String, row: [Character])] = []
        for mark in elements("marks") {
            guard let kind = mark["kind"]?.string, kind.hasPrefix("run."), let at = mark["at"]?.int else {
                continue
            }
            let index = rows.firstIndex { $0.kind == kind } ?? rows.endIndex
            if index == rows.endIndex { rows.append((kind, axis.row)) }
            rows[index].row[axis.column(of: at)] = "|"
        }
        return rows.map { label($0.kind) + text($0.row) }
    }

    private static let signs: [String: Character] = [
        "executed": "#", "failed": "x", "backoff": "~", "waiting": ".", "running": ">", "unknown": "?",
    ]

    /// A name in so many columns, cut in its middle where it is longer.
    private func label(_ name: String) -> String {
        let room = Self.margin - 2
        if name.count <= room { return name + String(repeating: " ", count: Self.margin - name.count) }
        return name.prefix(room / 2 - 1) + ".." + name.suffix(room - room / 2 - 1) + "  "
    }

    private func text(_ row: [Character]) -> String {
        String(row[..<((row.lastIndex { $0 != " " } ?? -1) + 1)])
    }
}

/// A stretch of time in columns of a terminal.
struct TimelineAxis {
    let from: Int
    let until: Int
    let columns: Int

    var length: Int { max(1, until - from) }
    var row: [Character] { Array(repeating: " ", count: columns) }
    var fromClock: String { RelativeTime.clock(from) }
    var untilClock: String { RelativeTime.clock(until) }

    func column(of moment: Int) -> Int {
        min(max((moment - from) * columns / length, 0), columns - 1)
    }

    /// Draws what has a beginning and perhaps an end; what is shorter than a column is one.
    func draw(_ sign: Character, _ part: RawJSON, on row: inout [Character]) {
        guard let from = part["from_at"]?.int else { return }
        let until = part.present("until_at")?.int ?? until
        for column in column(of: from)...max(column(of: from), column(of: until)) { row[column] = sign }
    }

    /// Where the time stands, every twenty columns.
    var ruler: String {
        stride(from: 0, to: columns, by: 20).map { column in
            let mark = "|" + RelativeTime.span(length * column / columns)
            return mark + String(repeating: " ", count: max(0, 20 - mark.count))
        }.joined()
    }
}
