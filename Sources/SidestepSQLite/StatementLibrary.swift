import SidestepModel

/// The statements of the `.sql` files, by name.
///
/// A file holds blocks that begin with `-- name: NAME` and end at the next one; `-- columns WORD: a, b, c`
/// says what `{WORD}` stands for in all files, so that a list of columns is written once. A record that is `Stored`
/// names its columns itself: `{WORD}` are those that are read, `{WORD.names}` and `{WORD.values}` what a new row has,
/// `{WORD.changes}` what a changed one is set to.
struct StatementLibrary {
    private let blocks: [String: String]

    static let files: [[UInt8]] = [
        PackageResources.run_sql, PackageResources.step_sql, PackageResources.checkpoint_sql,
        PackageResources.state_sql, PackageResources.journal_sql, PackageResources.queue_sql,
        PackageResources.wait_sql, PackageResources.limit_sql,
        PackageResources.clock_sql,
        PackageResources.schedule_sql, PackageResources.stream_sql, PackageResources.artifact_sql,
        PackageResources.event_sql, PackageResources.webhook_sql, PackageResources.watch_sql,
        PackageResources.run_list_sql,
        PackageResources.fork_sql,
        PackageResources.removal_sql,
        PackageResources.statistics_sql,
        PackageResources.transfer_sql,
        PackageResources.graph_sql, PackageResources.conversation_sql,
        PackageResources.memory_sql,
        PackageResources.execution_sql, PackageResources.act_sql, PackageResources.chore_sql,
        PackageResources.recording_sql, PackageResources.usage_sql, PackageResources.trace_sql,
        PackageResources.view_sql, PackageResources.space_sql,
    ]

    init() {
        var blocks: [String: String] = [:]
        let texts = Self.files.map { Self.lines(String(decoding: $0, as: UTF8.self)) }
        let columns = Dictionary(uniqueKeysWithValues: texts.flatMap(Self.columns) + Self.recordColumns)
        for text in texts {
            for (name, sql) in Self.parse(text, columns) {
                precondition(blocks.updateValue(sql, forKey: name) == nil, "two SQL blocks are named \(name)")
            }
        }
        self.blocks = blocks
    }

    /// All names, for tests that look at every statement.
    var names: [String] { blocks.keys.sorted() }

    func sql(_ name: String) -> String {
        guard let sql = blocks[name] else { preconditionFailure("no SQL block is named \(name)") }
        return sql
    }

    /// The block as a statement of a connection. Debug builds prepare it at once: a typo fails at start.
    func prepare(_ name: String, on connection: Connection) throws(Failure) -> Statement {
        let statement = Statement(connection, name: name, sql: sql(name))
        #if DEBUG
            try statement.prepareNow()
        #endif
        return statement
    }

    // All of it is read at every start, so it is read as bytes: by characters it took half of the start.

    private static func lines(_ text: String) -> [Substring] {
        text.utf8.split(separator: UInt8(ascii: "\n")).map(Substring.init)
    }

    private static func columns(_ lines: [Substring]) -> [(word: String, list: String)] {
        lines.compactMap { line in
            guard let definition = line.after("-- columns "),
                let colon = definition.utf8.firstIndex(of: UInt8(ascii: ":"))
            else { return nil }
            return ("{" + definition[..<colon] + "}", String(definition[colon...].dropFirst()))
        }
    }

    private static var records: [any Stored.Type] {
        [
            RunRecord.self, StepRecord.self, StepOutcome.self, ScheduleRecord.self, WebhookRecord.self,
            RecordingRecord.self,
        ]
    }

    private static var recordColumns: [(word: String, list: String)] {
        records.flatMap { record in
            let columns = record.columns
            let read = columns.filter { $0.written != .unread }.map { "\(record.table).\($0.name)" }
            let new = columns.filter { $0.written != .apart }.map(\.name)
            let changed = columns.filter { $0.written == .always || $0.written == .unread }.map(\.name)
            return [
                ("{\(record.word)}", read.joined(separator: ", ")),
                ("{\(record.word).names}", new.joined(separator: ", ")),
                ("{\(record.word).values}", new.map { ":" + $0 }.joined(separator: ", ")),
                ("{\(record.word).changes}", changed.map { "\($0) = :\($0)" }.joined(separator: ", ")),
            ]
        }
    }

    private static func parse(_ lines: [Substring], _ columns: [String: String]) -> [String: String] {
        var blocks: [String: String] = [:]
        var current: String?
        for line in lines {
            if let name = line.after("-- name: ") {
                current = name
            } else if line.after("--") == nil, let name = current {
                blocks[name, default: ""] += expand(line, columns) + "\n"
            }
        }
        return blocks
    }

    private static func expand(_ line: Substring, _ columns: [String: String]) -> String {
        guard let start = line.utf8.firstIndex(of: UInt8(ascii: "{")),
            let end = line.utf8[start...].firstIndex(of: UInt8(ascii: "}")),
            let list = columns[String(line[start...end])]
        else { return String(line) }
        return line[..<start] + list + line[end...].dropFirst()
    }
}

extension Substring {
    fileprivate func after(_ prefix: String) -> String? {
        utf8.starts(with: prefix.utf8) ? String(utf8.dropFirst(prefix.utf8.count)) : nil
    }
}
