import Foundation
import SidestepProtocol
import Testing

@testable import Sidestep

/// A real daemon in a directory of its own, gone when the value is released.
final class LocalDaemon: Sendable {
    let directory: String
    var socket: String { directory + "/s.sock" }
    private let program: String
    private let flags: [String]

    /// - Parameter settings: lines of a configuration; none for what is usual.
    init(settings: String = "") async throws {
        var template = Array("/tmp/sidestep-tests-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        program = try Self.findProgram()
        flags = settings.isEmpty ? [] : ["--config", directory + "/conf"]
        if !settings.isEmpty {
            try settings.write(toFile: directory + "/conf", atomically: false, encoding: .utf8)
        }
        try await start()
    }

    /// `SIDESTEPD`, or the one built beside the tests.
    static func findProgram() throws -> String {
        try Environment.current["SIDESTEPD"] ?? findProgram(named: "sidestepd")
    }

    /// A program that is built beside the tests.
    static func findProgram(named name: String) throws -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        // Tests run inside a runner of the toolchain; the bundle is its argument.
        let places = CommandLine.arguments.compactMap { argument -> String? in
            argument.contains(".xctest")
                ? argument.split(separator: "/").dropLast().joined(separator: "/") : nil
        }
        let count = buffer.withUnsafeMutableBytes { bytes in
            readlink("/proc/self/exe", bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        let own = String(decoding: buffer[..<max(count, 0)], as: UTF8.self)
        let candidates =
            places.map { "/\($0)/\(name)" } + [own.prefix(upTo: own.lastIndex(of: "/")!) + "/\(name)"]
        let found = candidates.first { access($0, X_OK) == 0 }
        return try #require(found, "build \(name) first; tried \(candidates)")
    }

    func start() async throws {
        let log = directory + "/log"
        let process = try DetachedProcess.start(
            [program, "--socket", socket, "--database", directory + "/d.db"] + flags, log: log)
        while (try? UnixSocket(path: socket)) == nil {
            try #require(process.isAlive, "the daemon ended: \(process.lastWords)")
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// SIGKILL, as a crash.
    func crash() async throws {
        let pid = try await pid()
        signal(pid, SIGKILL)
        while kill(pid, 0) == 0 { try await Task.sleep(for: .milliseconds(2)) }
    }

    /// The daemon's process.
    func pid() async throws -> pid_t {
        let client = try BlockingConnection(socket: socket, autostart: false)
        return pid_t(try #require(try client.call("system.info")["pid"]?.int))
    }

    func signal(_ pid: pid_t, _ number: Int32) { kill(pid, number) }

    /// Stops it, and returns when none of its threads executes any more.
    func stop(_ pid: pid_t) async throws {
        kill(pid, SIGSTOP)
        try await until { Self.threads(of: pid).allSatisfy { $0 == "T" } }
    }

    /// The state of each thread: proc(5), `/proc/pid/task/tid/stat`, behind the name in parentheses.
    private static func threads(of pid: pid_t) -> [Character] {
        let folder = "/proc/\(pid)/task"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.compactMap { name in
            let text = try? String(contentsOfFile: "\(folder)/\(name)/stat", encoding: .utf8)
            return text?.split(separator: ")").last?.dropFirst().first
        }
    }

    func connect() async throws -> SidestepClient {
        try await .connect(.init(socket: socket, autostart: false))
    }

    deinit {
        let client = try? BlockingConnection(socket: socket, autostart: false)
        if let pid = try? client?.call("system.info")["pid"]?.int { kill(pid_t(pid), SIGKILL) }
        _ = try? DetachedProcess.start(["rm", "-rf", directory], log: "/dev/null")
    }
}

/// Counts from many tasks.
actor Counter {
    private(set) var count = 0

    @discardableResult
    func next() -> Int {
        count += 1
        return count
    }
}
