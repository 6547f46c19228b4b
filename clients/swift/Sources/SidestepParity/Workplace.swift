import Sidestep
import SidestepLibC

/// A directory of the pass with its daemon.
final class Workplace {
    let directory: String
    let daemon: TestDaemon

    init(daemon program: String?) throws {
        var template = Array("/tmp/sidestep-parity-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Mismatch("mkdtemp failed") }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        daemon = TestDaemon(program: program ?? Self.besideThisOne, directory: directory)
    }

    private static var besideThisOne: String {
        let own = Files.ownProgram
        let beside = own.prefix(upTo: own.lastIndex(of: "/") ?? own.startIndex) + "/sidestepd"
        return access(String(beside), X_OK) == 0 ? String(beside) : "sidestepd"
    }

    func remove() {
        daemon.kill()
        _ = try? ChildProcess(["rm", "-rf", directory], talks: false).wait()
    }
}

/// The daemon of a pass, to be killed and started again.
final class TestDaemon {
    let socket: String
    private let program: String
    private let directory: String
    private var process: ChildProcess?

    init(program: String, directory: String) {
        self.program = program
        self.directory = directory
        socket = directory + "/s.sock"
    }

    func ensureRunning() throws {
        if process == nil { try start() }
    }

    func start() throws {
        let arguments = [program, "--socket", socket, "--database", directory + "/d.db"]
        let process = try ChildProcess(arguments, talks: false, log: directory + "/daemon.log")
        self.process = process
        let deadline = monotonicMilliseconds() + 10_000
        while (try? UnixSocket(path: socket)) == nil {
            guard monotonicMilliseconds() < deadline else { throw Mismatch("the daemon does not accept") }
            usleep(5000)
        }
    }

    func kill() {
        process?.end()
        process = nil
    }

    func stop() {
        process?.send(signal: SIGTERM)
        process?.wait()
        process = nil
    }

    func perform(_ order: String) throws {
        switch order {
        case "kill": kill()
        case "stop": stop()
        case "start": try start()
        case "restart":
            kill()
            try start()
        default: throw Mismatch("no such order to the daemon: \(order)")
        }
    }
}
