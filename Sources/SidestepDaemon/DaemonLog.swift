import Glibc
import Logging
import SidestepModel
import Synchronization

/// Log lines: structured fields to journald when stderr is its stream, readable lines on stderr otherwise.
///
/// Never a payload, never a secret: callers pass names and numbers. Nobody waits for a line to be written
/// (`LogWriter`).
struct DaemonLog: LogHandler {
    /// The level of all loggers, changed by a reload.
    private static let level = Mutex(Logger.Level.info)

    static func set(level: String) { Self.level.withLock { $0 = Logger.Level(rawValue: level) ?? .info } }

    var metadata: Logger.Metadata = [:]
    private let writer: LogWriter

    init(_ writer: LogWriter) { self.writer = writer }

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
        let line = LogLine(
            level: event.level, message: event.message.description,
            fields: fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value.description) })
        writer.write(line)
    }

    /// systemd sets `$JOURNAL_STREAM` to device:inode of the stream it gave us;
    /// a redirected stderr is another one.
    static func stderrIsJournal(_ environment: [String: String]) -> Bool {
        guard let stream = environment["JOURNAL_STREAM"] else { return false }
        var info = stat()
        return fstat(2, &info) == 0 && stream == "\(info.st_dev):\(info.st_ino)"
    }
}

/// One line of the log before it is written.
struct LogLine: Sendable {
    var level: Logger.Level
    var message: String
    var fields: [(name: String, value: String)]

    /// The message with its fields, on one line whatever they hold: names come from clients.
    var text: String {
        Self.plain(message) + fields.map { " \($0.name)=\(Self.quoted($0.value))" }.joined()
    }

    private static func quoted(_ value: String) -> String {
        let isWord =
            !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "\"") }
        return isWord ? plain(value) : "\"" + plain(value, quoting: true) + "\""
    }

    /// Without characters that would end the line, or steer a terminal.
    private static func plain(_ text: String, quoting: Bool = false) -> String {
        var plain = ""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x22 where quoting, 0x5c where quoting: plain += "\\\(scalar)"
            case 0x0a: plain += "\\n"
            case 0..<0x20, 0x7f..<0xa0, 0x2028, 0x2029, 0x202a...0x202e, 0x2066...0x2069:
                plain += "\\u{\(String(scalar.value, radix: 16))}"
            default: plain.unicodeScalars.append(scalar)
            }
        }
        return plain
    }
}
