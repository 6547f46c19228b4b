import Glibc
import Sidestep
import SidestepHost

/// A server whose lines are carried: a process with standard streams, or one that is reached over HTTP.
protocol ToolServer: AnyObject {
    /// Whether it takes nothing more for now.
    var isFull: Bool { get }
    /// What `turn` waits for, for poll(2).
    var polled: [pollfd] { get }
    /// When `turn` is to be called at the latest.
    var due: ContinuousClock.Instant? { get }
    /// Whether nothing more comes from it.
    var isOver: Bool { get }

    /// Gives it a line of the client.
    func send(_ line: [UInt8])
    /// The client has said all.
    func close()
    /// Does what can be done now; `take` gets each line of the server.
    ///
    /// - Parameter isWanted: whether lines may come: else those who read them are behind.
    func turn(_ polled: ArraySlice<pollfd>, isWanted: Bool, _ take: ([UInt8]) throws -> Void) throws
    /// Waits for its end; the exit status.
    func end() throws -> Int32
}

/// A server that is a process of ours.
final class ServerProcess: ToolServer {
    private let child: ChildProcess
    /// Its input; -1 once it is closed.
    private var input: Int32
    private let output: Int32
    private var lines = LineBuffer()
    private var queue = WriteQueue()
    private var isClosing = false
    private var isOpen = true
    private var isWanted = true
    /// Until when its output is read once it has ended: another process may hold it open.
    private var drainEnd: ContinuousClock.Instant?

    private static let drain: Duration = .milliseconds(500)

    /// Starts a server; ends the program where it cannot be started.
    init(_ command: [String]) throws {
        guard let toServer = Spawning.pipe(), let fromServer = Spawning.pipe() else {
            throw SidestepError(.limitExceeded, "no pipe: \(String(cString: strerror(errno)))")
        }
        let streams: [Int32: ChildProcess.Stream] = [
            0: .descriptor(toServer.reader), 1: .descriptor(fromServer.writer),
        ]
        let (child, problem) = ChildProcess.start(command, Environment.current, streams: streams)
        Glibc.close(toServer.reader)
        Glibc.close(fromServer.writer)
        guard let child else { Self.notStarted(command, problem) }
        (self.child, input, output) = (child, toServer.writer, fromServer.reader)
        SignalRelay.follow(child.pid)
    }

    static func notStarted(_ command: [String], _ problem: Int32) -> Never {
        Output.complain("sidestep: \(command[0]): \(String(cString: strerror(problem)))")
        Glibc.exit(problem == ENOENT ? 127 : 126)
    }

    var isFull: Bool { queue.isFull }
    var due: ContinuousClock.Instant? { drainEnd }
    var isOver: Bool { !isOpen || (drainEnd.map { $0 <= .now } ?? false) }

    var polled: [pollfd] {
        [
            pollfd(fd: isOpen && isWanted ? output : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: queue.isEmpty ? -1 : input, events: Int16(POLLOUT), revents: 0),
        ]
    }

    func send(_ line: [UInt8]) { queue.append(line) }

    func close() {
        isClosing = true
        closeIfWritten()
    }

    private func closeIfWritten() {
        guard isClosing, queue.isEmpty, input >= 0 else { return }
        Glibc.close(input)
        input = -1
    }

    func turn(_ polled: ArraySlice<pollfd>, isWanted: Bool, _ take: ([UInt8]) throws -> Void) throws {
        self.isWanted = isWanted
        if child.hasEnded, drainEnd == nil { drainEnd = .now + Self.drain }
        if polled.last?.revents != 0 { queue.write(to: input) }
        if polled.first?.revents != 0 {
            isOpen = lines.fill(from: output)
            if drainEnd != nil { drainEnd = .now + Self.drain }
            while let line = lines.next() { try take(line) }
            if !isOpen { try take(lines.rest()) }
        }
        closeIfWritten()
    }

    func end() throws -> Int32 {
        if input >= 0 { Glibc.close(input) }
        defer { SignalRelay.follow(0) }
        return try child.wait().status
    }
}
