import CSystemd
import Glibc
import Logging
import Synchronization

/// Log lines: structured fields to journald when stderr is its stream, readable lines on stderr otherwise.
///
/// Never a payload, never a secret: callers pass names and numbers.
struct DaemonLog: LogHandler {
    /// The level of all loggers, changed by a reload.
    static let level = Mutex(Logger.Level.info)

    static func set(level: String) { Self.level.withLock { $0 = Logger.Level(rawValue: level) ?? .info } }

    var metadata: Logger.Metadata = [:]
    private let isJournal: Bool

    init(isJournal: Bool) { self.isJournal = isJournal }

    var logLevel: Logger.Level {
        get { Self.level.withLock { $0 } }
        set { Self.level.withLock { $0 = newValue } }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }
        if isJournal {
            Self.journal(event.level, event.message.description, fields)
        } else {
            Self.line(event.level, event.message.description, fields)
        }
    }

    private static func line(_ level: Logger.Level, _ message: String, _ fields: Logger.Metadata) {
        let words = fields.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let text = "sidestepd: \(level): \(message)\(words)\n"
        _ = text.withCString { write(2, $0, strlen($0)) }
    }

    /// sd_journal_sendv(3): one vector per field, `NAME=value`.
    private static func journal(_ level: Logger.Level, _ message: String, _ fields: Logger.Metadata) {
        var entries = ["MESSAGE=\(message)", "PRIORITY=\(priority(level))", "SYSLOG_IDENTIFIER=sidestepd"]
        for (name, value) in fields { entries.append("SIDESTEP_\(name.uppercased())=\(value)") }
        let buffers = entries.map { strdup($0) }
        defer { for buffer in buffers { free(buffer) } }
        let vectors = buffers.map { iovec(iov_base: $0, iov_len: strlen($0!)) }
        vectors.withUnsafeBufferPointer { _ = sd_journal_sendv($0.baseAddress, Int32($0.count)) }
    }

    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    /// systemd sets `$JOURNAL_STREAM` to device:inode of the stream it gave us;
    /// a redirected stderr is another one.
    static func stderrIsJournal(_ environment: [String: String]) -> Bool {
        guard let stream = environment["JOURNAL_STREAM"] else { return false }
        var info = stat()
        return fstat(2, &info) == 0 && stream == "\(info.st_dev):\(info.st_ino)"
    }
}
