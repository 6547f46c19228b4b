import CSystemd
import Glibc
import Logging
import SidestepHost

/// Writes log lines on a thread of its own: a journal or a pipe that takes none holds up nobody.
final class LogWriter: Sendable {
    /// Lines that wait at most; what comes beyond them is left out, and counted.
    static let limit = 4096

    private struct State: Sendable {
        var lines: [LogLine] = []
        var leftOut = 0
        var isWriting = false
        var hasThread = false

        mutating func take() -> (line: LogLine, leftOut: Int)? {
            guard !lines.isEmpty else { return nil }
            isWriting = true
            // What was left out came after the lines that wait, and is told when the last of them is written.
            let last = lines.count == 1 ? leftOut : 0
            if last > 0 { leftOut = 0 }
            return (lines.removeFirst(), last)
        }
    }

    private let state = Guarded(State())
    private let put: @Sendable (LogLine) -> Void

    /// - Parameter put: writes one line, and may block.
    init(put: @escaping @Sendable (LogLine) -> Void) { self.put = put }

    /// One that writes where the daemon's log goes.
    convenience init(isJournal: Bool) {
        self.init(put: isJournal ? LogLine.putInJournal : LogLine.putOnStderr)
    }

    func write(_ line: LogLine) {
        let isFirst = state.change { state in
            if state.lines.count < Self.limit { state.lines.append(line) } else { state.leftOut += 1 }
            defer { state.hasThread = true }
            return !state.hasThread
        }
        if isFirst { begin() }
    }

    /// Waits until everything is written, or nothing more is to be hoped for.
    func flush(milliseconds: Int = 2000) {
        for _ in 0..<(milliseconds / 5) {
            if state.change({ $0.lines.isEmpty && !$0.isWriting }) { return }
            usleep(5000)
        }
    }

    private func begin() {
        do { _ = try WorkerThread("log") { self.work() } } catch {
            // Without a thread whoever logs writes, and tries again: better late than not at all.
            state.change { $0.hasThread = false }
            while let next = state.change({ $0.take() }) { put(next) }
        }
    }

    private func work() {
        while true { put(state.when { $0.take() }) }
    }

    private func put(_ next: (line: LogLine, leftOut: Int)) {
        if next.leftOut > 0 { put(.leftOut(next.leftOut)) }
        put(next.line)
        state.change { $0.isWriting = false }
    }
}

extension LogLine {
    fileprivate static func leftOut(_ count: Int) -> LogLine {
        LogLine(
            level: .warning, message: "lines were left out: the log did not take them in time",
            fields: [("lines", "\(count)")])
    }

    static func putOnStderr(_ line: LogLine) {
        let bytes = Array("sidestepd: \(line.level): \(line.text)\n".utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(2, $0.baseAddress! + sent, $0.count - sent) }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { return }
            sent += count
        }
    }

    /// sd_journal_sendv(3): one vector per field, `NAME=value`.
    static func putInJournal(_ line: LogLine) {
        var entries = [
            "MESSAGE=\(line.text)", "PRIORITY=\(line.priority)", "SYSLOG_IDENTIFIER=sidestepd",
        ]
        for (name, value) in line.fields { entries.append("SIDESTEP_\(name.uppercased())=\(value)") }
        let buffers = entries.map { strdup($0) }
        defer { for buffer in buffers { free(buffer) } }
        let vectors = buffers.compactMap(\.self).map { iovec(iov_base: $0, iov_len: strlen($0)) }
        vectors.withUnsafeBufferPointer { _ = sd_journal_sendv($0.baseAddress, Int32($0.count)) }
    }

    /// syslog(3).
    private var priority: Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
