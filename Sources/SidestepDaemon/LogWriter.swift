import CSystemd
import Glibc
import Logging
import Synchronization

/// Writes log lines on a thread of its own: a journal or a pipe that takes none holds up nobody.
///
/// Unchecked: the semaphore belongs to the kernel, everything else is behind the lock.
final class LogWriter: @unchecked Sendable {
    /// Lines that wait at most; what comes beyond them is left out, and counted.
    static let limit = 4096

    private struct State {
        var lines: [LogLine] = []
        var leftOut = 0
        var isWriting = false
        var hasThread = false
    }

    private let state = Mutex(State())
    private let demand = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    private let put: @Sendable (LogLine) -> Void

    /// - Parameter put: writes one line, and may block.
    init(put: @escaping @Sendable (LogLine) -> Void) {
        self.put = put
        sem_init(demand, 0, 0)
    }

    /// One that writes where the daemon's log goes.
    convenience init(isJournal: Bool) {
        self.init(put: isJournal ? LogLine.putInJournal : LogLine.putOnStderr)
    }

    func write(_ line: LogLine) {
        let isFirst = state.withLock { state in
            if state.lines.count < Self.limit { state.lines.append(line) } else { state.leftOut += 1 }
            defer { state.hasThread = true }
            return !state.hasThread
        }
        if isFirst { begin() }
        sem_post(demand)
    }

    /// Waits until everything is written, or nothing more is to be hoped for.
    func flush(milliseconds: Int = 2000) {
        for _ in 0..<(milliseconds / 5) {
            if state.withLock({ $0.lines.isEmpty && !$0.isWriting }) { return }
            usleep(5000)
        }
    }

    private func begin() {
        var thread: pthread_t = 0
        let code = pthread_create(
            &thread, nil,
            { context in
                Unmanaged<LogWriter>.fromOpaque(context!).takeRetainedValue().work()
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        // Without a thread whoever logs writes: better late than not at all.
        guard code == 0 else { return drain() }
        pthread_detach(thread)
    }

    private func work() {
        while true {
            while sem_wait(demand) != 0 {}
            drain()
        }
    }

    private func drain() {
        while let (line, leftOut) = take() {
            if leftOut > 0 { put(.leftOut(leftOut)) }
            put(line)
            state.withLock { $0.isWriting = false }
        }
    }

    private func take() -> (LogLine, leftOut: Int)? {
        state.withLock { state in
            guard !state.lines.isEmpty else { return nil }
            state.isWriting = true
            // What was left out came after the lines that wait, and is told when the last of them is written.
            let leftOut = state.lines.count == 1 ? state.leftOut : 0
            if leftOut > 0 { state.leftOut = 0 }
            return (state.lines.removeFirst(), leftOut)
        }
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
