import SidestepModel

/// The statements of the `.sql` files, by name.
///
/// A file holds blocks that begin with `-- name: NAME` and end at the next one; `-- columns WORD: a, b, c`
/// says what `{WORD}` stands for in all files, so that a list of columns is written once.
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
        PackageResources.execution_sql,
    ]

    init() {
        var blocks: [String: String] = [:]
        let texts = Self.files.map { String(decoding: $0, as: UTF8.self) }
        let columns = texts.flatMap(Self.columns)
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

    private static func columns(_ text: String) -> [(word: String, list: String)] {
        text.split(separator: "\n").compactMap { line in
            guard let definition = line.after("-- columns "), let colon = definition.firstIndex(of: ":")
            else { return nil }
            let list = definition[definition.index(after: colon)...]
            return ("{" + definition[..<colon] + "}", String(list))
        }
    }

    private static func parse(_ text: String, _ columns: [(word: String, list: String)]) -> [String: String] {
        var blocks: [String: String] = [:]
        var current: String?
        for line in text.split(separator: "\n") {
            if let name = line.after("-- name: ") {
                current = name
            } else if !line.hasPrefix("--"), let name = current {
                blocks[name, default: ""] += expand(line, columns) + "\n"
            }
        }
        return blocks
    }

    private static func expand(_ line: Substring, _ columns: [(word: String, list: String)]) -> String {
        for (word, list) in columns {
            if let start = line.range(of: word) {
                return line[..<start.lowerBound] + list + line[start.upperBound...]
            }
        }
        return String(line)
    }
}

extension Substring {
    fileprivate func after(_ prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }

    /// The first place where `word` stands; the standard library has this only for collections of elements.
    fileprivate func range(of word: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(word) { return start..<index(start, offsetBy: word.count) }
            start = index(after: start)
        }
        return nil
    }
}
