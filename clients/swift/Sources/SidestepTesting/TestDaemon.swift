import Sidestep
import SidestepLibC
import SidestepProtocol
import Synchronization

/// A daemon of one's own for a suite of tests, in a directory that goes with it.
///
///     @Suite struct OrderTests {
///         @Test("an order goes on after a crash") func crash() async throws {
///             let daemon = try await TestDaemon.start()
///             let client = try await daemon.connect(crashing: .afterBody(of: "charge"))
///             await #expect(throws: SimulatedCrash.self) { try await client.execute(PlaceOrder(), run: "o") }
///             let receipt = try await daemon.connect().execute(PlaceOrder(), run: "o")
///         }
///     }
public final class TestDaemon: Sendable {
    /// Where its database, socket and log are; removed with the value.
    public let directory: String
    /// Its socket.
    public var socket: String { directory + "/s.sock" }
    private let program: String
    /// How far its time was moved: a daemon that is started again goes on there.
    private let moved = Mutex(Duration.zero)

    private init(program: String) throws {
        var template = Array("/tmp/sidestep-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw SidestepError(.daemonNotFound, "no directory can be made in /tmp")
        }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        self.program = program
    }

    /// Starts a daemon.
    ///
    /// - Parameter program: `sidestepd`; nil takes `SIDESTEPD`, the one that is built beside the tests, or the one of
    ///   `PATH`.
    public static func start(program: String? = nil) async throws -> TestDaemon {
        let daemon = try TestDaemon(program: try program ?? DaemonProgram.find())
        try await daemon.start()
        return daemon
    }

    /// Starts it again after `kill`, on the same database.
    public func start() async throws {
        let process = try DetachedProcess.start(
            [
                program, "--socket", socket, "--database", directory + "/d.db",
                "--test-time", "\(moved.withLock { $0 }.milliseconds)",
            ], log: directory + "/log")
        while (try? BlockingConnection(socket: socket, autostart: false)) == nil {
            guard process.isAlive else {
                throw SidestepError(.daemonNotFound, "the daemon ended: \(process.lastWords)")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Kills it with SIGKILL, as a crash of the machine would, and returns when it is gone.
    public func kill() async throws {
        let pid = try pid()
        _ = SidestepLibC.kill(pid, SIGKILL)
        while SidestepLibC.kill(pid, 0) == 0 { try await Task.sleep(for: .milliseconds(2)) }
    }

    /// Lets time pass: sleeps, time-outs, back-offs and schedules that are due by then are over when it returns.
    public func advance(by time: Duration) async throws {
        let client = try BlockingConnection(socket: socket, autostart: false)
        try client.call("system.advance") { $0.member("ms", time.milliseconds) }
        moved.withLock { $0 += time }
    }

    private func pid() throws -> pid_t {
        let client = try BlockingConnection(socket: socket, autostart: false)
        guard let pid = try client.call("system.info")["pid"]?.integer else {
            throw SidestepError(.unexpectedReply, "the daemon does not say its process id")
        }
        return pid_t(pid)
    }

    /// A client of it.
    ///
    /// - Parameter crash: where the client is to behave like a program that is killed there.
    public func connect(
        _ configuration: SidestepClient.Configuration = .init(), crashing crash: CrashPoint? = nil
    ) async throws -> SidestepClient {
        var configuration = configuration
        configuration.socket = socket
        configuration.autostart = false
        if let crash { configuration.interruption = { try crash.reached($0, $1) } }
        return try await SidestepClient.connect(configuration)
    }

    deinit {
        if let pid = try? pid() { _ = SidestepLibC.kill(pid, SIGKILL) }
        _ = try? DetachedProcess.start(["rm", "-rf", directory], log: "/dev/null")
    }
}

/// Where a program is killed.
public struct CrashPoint: Sendable {
    private let step: String
    private let moment: StepMoment

    /// Before the body of the step is executed.
    public static func beforeBody(of step: String) -> CrashPoint {
        CrashPoint(step: step, moment: .beforeBody)
    }
    /// When the body was executed, and nothing is recorded yet: where an effect comes twice.
    public static func afterBody(of step: String) -> CrashPoint { CrashPoint(step: step, moment: .afterBody) }

    func reached(_ step: String, _ moment: StepMoment) throws {
        if step == self.step, moment == self.moment { throw SimulatedCrash(step: step) }
    }
}
