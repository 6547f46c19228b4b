import Glibc
import Logging
import Synchronization
import Testing

@testable import SidestepDaemon

@Suite("The log")
struct LogTests {
    private func line(_ message: String, _ fields: (String, String)...) -> LogLine {
        LogLine(level: .notice, message: message, fields: fields.map { (name: $0.0, value: $0.1) })
    }

    @Test("is one line for each entry, whatever a client's names hold")
    func oneLine() {
        let plain = line("paused", ("run", "r-1"), ("reason", "crash_loop"))
        #expect(plain.text == "paused run=r-1 reason=crash_loop")
        let forged = line("paused", ("run", "r\nsidestepd: error: \"all\" gone\u{1b}[2J\u{202e}\u{85}"))
        #expect(
            forged.text
                == #"paused run="r\nsidestepd: error: \"all\" gone\u{1b}[2J\u{202e}\u{85}""#)
        #expect(line("x", ("a", ""), ("b", "ü 2")).text == #"x a="" b="ü 2""#)
        #expect(!line("a\nb").text.contains("\n"))
    }

    @Test("holds up nobody when it is not taken; what was left out is counted")
    func blocked() throws {
        let written = Mutex<[String]>([])
        let gate = Mutex(true)
        let writer = LogWriter { line in
            while gate.withLock({ $0 }) { usleep(1000) }
            written.withLock { $0.append(line.text) }
        }
        for number in 0..<(LogWriter.limit + 10) { writer.write(line("\(number)")) }
        writer.flush(milliseconds: 20)
        #expect(written.withLock { $0.isEmpty })
        gate.withLock { $0 = false }
        writer.flush(milliseconds: 60_000)
        let lines = written.withLock { $0 }
        #expect(lines.first == "0")
        let leftOut = try #require(lines.first { $0.contains("left out") })
        let count = try #require(Int(leftOut.split(separator: "=").last ?? ""))
        #expect(lines.count - 1 + count == LogWriter.limit + 10)
    }
}
