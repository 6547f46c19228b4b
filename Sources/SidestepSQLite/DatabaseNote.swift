/// What the lock file says: who has the database, and which two files belong together.
///
/// Lines of a name and a value, for clients (`pid`, `socket`) and for the next daemon (the rest). The log
/// is worth nothing without its database, and poison for another one: SQLite writes whatever a log holds
/// into the database that has its name. So as long as a log may hold something, this says for which file.
struct DatabaseNote: Sendable, Equatable {
    var pid: Int32
    /// What else clients are told, each a line.
    var holder: [String] = []
    /// nil when the log holds nothing that the database does not have.
    var pair: LogPair?

    /// The text of the file.
    var text: String {
        var lines = ["pid \(pid)"] + holder
        if let pair { lines += pair.lines }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Reads the text of the file; the first daemons wrote nothing but their number.
    init?(_ text: some StringProtocol) {
        var values: [Substring: Substring] = [:]
        var rest: [String] = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1)
            if words.count == 1, let number = Int32(words[0]) { values["pid"] = Substring("\(number)") }
            if words.count == 2 { values[Substring(words[0])] = Substring(words[1]) }
            if !Self.ours.contains(String(words[0])), Int32(words[0]) == nil { rest.append(String(line)) }
        }
        guard let pid = values["pid"].flatMap({ Int32($0) }), pid > 0 else { return nil }
        self.pid = pid
        holder = rest
        pair = LogPair(values)
    }

    init(pid: Int32, holder: [String] = [], pair: LogPair? = nil) {
        (self.pid, self.holder, self.pair) = (pid, holder, pair)
    }

    private static let ours: Set<String> = ["pid", "boot", "database", "log", "stamp"]
}

/// A database and the log that belongs to it.
struct LogPair: Sendable, Equatable {
    /// The boot in which the stamp was taken: after a power cut the note on disk may be older than the
    /// database.
    var boot: String
    var database: FileIdentity
    var log: FileIdentity
    /// When the database was last written and how large it was then, as one word; nil while it is being
    /// written.
    var stamp: String?

    var lines: [String] {
        ["boot \(boot)", "database \(database.text)", "log \(log.text)", "stamp \(stamp ?? "none")"]
    }

    init(boot: String, database: FileIdentity, log: FileIdentity, stamp: String?) {
        (self.boot, self.database, self.log, self.stamp) = (boot, database, log, stamp)
    }

    init?(_ values: [Substring: Substring]) {
        guard let boot = values["boot"], let database = values["database"].flatMap({ FileIdentity($0) }),
            let log = values["log"].flatMap({ FileIdentity($0) })
        else { return nil }
        let stamp = values["stamp"].map(String.init)
        self.init(
            boot: String(boot), database: database, log: log, stamp: stamp == "none" ? nil : stamp)
    }

    static func stamp(_ facts: FileFacts) -> String { "\(facts.changed).\(facts.size)" }
}

/// What is to be done with the log that is found beside a database.
enum LogVerdict: Sendable, Equatable {
    /// It belongs to the database, or holds nothing, or nothing speaks against it.
    case belongs
    /// It is another file's, which had this name before: it is set aside before anything is opened.
    case foreign
    /// The database is gone, and its log is there.
    case databaseIsGone
    /// The database is there, and what was acknowledged since it was last written is gone with its log.
    case logIsGone
    /// Something else than a daemon has written the database since; whether it is still the log's, nobody
    /// knows.
    case isTouched

    /// - Parameters:
    ///   - note: what the daemon before this one left; nil when it ended in order.
    ///   - database: nil when there is none.
    ///   - log: nil when there is none.
    init(
        note: LogPair?, boot: String, database: (identity: FileIdentity, stamp: String)?,
        log: (identity: FileIdentity, holdsSomething: Bool)?
    ) {
        let isLive = log?.holdsSomething ?? false
        guard let database else {
            self = isLive ? .databaseIsGone : .belongs
            return
        }
        guard let note else {
            self = .belongs
            return
        }
        let isSameLog = log?.identity == note.log
        let stamp = note.boot == boot ? note.stamp : nil
        if note.database != database.identity {
            self = isSameLog && isLive ? .foreign : .belongs
        } else if isSameLog {
            self = isLive && stamp.map { $0 != database.stamp } ?? false ? .isTouched : .belongs
        } else {
            self = stamp == database.stamp ? .logIsGone : .belongs
        }
    }
}
