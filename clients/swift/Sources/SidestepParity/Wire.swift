import Sidestep
import SidestepLibC
import SidestepProtocol

/// A connection of a scenario: lines out, lines in, each wait with an end.
final class Wire {
    private let descriptor: Int32
    /// Kept so that the descriptor stays open.
    private let socket: UnixSocket?
    let process: ChildProcess?
    private var buffer: [UInt8] = []
    private var start = 0
    private var searched = 0
    private var replies: [Int: RawJSON] = [:]
    private var other: [[UInt8]] = []
    private(set) var isLost = false

    /// Connects to the daemon itself.
    init(path: String) throws {
        let socket = try UnixSocket(path: path)
        self.socket = socket
        descriptor = socket.descriptor
        process = nil
    }

    /// Connects in a helper process.
    init(relayTo path: String) throws {
        let process = try ChildProcess([Files.ownProgram, "--relay", path], talks: true)
        self.process = process
        socket = nil
        descriptor = process.descriptor
        _ = try nextLine(before: monotonicMilliseconds() + 10_000)
    }

    deinit { process?.end() }

    func write(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0 {
                isLost = true
                return
            }
            sent += count
        }
    }

    /// The reply to request `id`, or nil when it does not come in time.
    func reply(to id: Int, before deadline: Int) throws -> RawJSON? {
        while replies[id] == nil {
            guard let line = try nextLine(before: deadline, keepsOther: false) else { return nil }
            guard let message = try? RawJSON(parsing: line), let number = message["id"]?.int else {
                other.append(line)
                continue
            }
            replies[number] = message
        }
        return replies.removeValue(forKey: id)
    }

    /// The next line whatever it is, or nil when none comes in time.
    func nextLine(before deadline: Int, keepsOther: Bool = true) throws -> [UInt8]? {
        if keepsOther, !other.isEmpty { return other.removeFirst() }
        while true {
            if let line = bufferedLine() { return line }
            guard try fill(before: deadline) else { return nil }
        }
    }

    /// Whether the other side has closed, as far as can be seen without reading.
    func checkLost() -> Bool {
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        if count == 0 || (count < 0 && errno != EAGAIN) { isLost = true }
        return isLost
    }

    private func bufferedLine() -> [UInt8]? {
        let newline = buffer.withUnsafeBytes { bytes -> Int? in
            guard searched < bytes.count, let base = bytes.baseAddress else { return nil }
            return memchr(base + searched, 10, bytes.count - searched).map { UnsafeRawPointer($0) - base }
        }
        searched = buffer.count
        guard let newline else { return nil }
        let line = Array(buffer[start..<newline])
        start = newline + 1
        if start == buffer.count { (buffer, start) = ([], 0) }
        searched = start
        return line
    }

    private func fill(before deadline: Int) throws -> Bool {
        var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let left = deadline - monotonicMilliseconds()
        guard left >= 0, poll(&poller, 1, Int32(left)) > 0 else { return false }
        var chunk = [UInt8](repeating: 0, count: 256 << 10)
        let count = read(descriptor, &chunk, chunk.count)
        guard count > 0 else {
            isLost = true
            throw Mismatch("the connection was closed")
        }
        buffer += chunk[..<count]
        return true
    }
}

/// The helper process: lines from standard input to the daemon and back.
struct Relay {
    let socket: String

    func run() throws {
        let daemon = try UnixSocket(path: socket)
        write(1, "\n", 1)
        while true {
            var pollers = [
                pollfd(fd: 0, events: Int16(POLLIN), revents: 0),
                pollfd(fd: daemon.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&pollers, 2, -1) > 0 else { continue }
            if pollers[0].revents != 0, !pass(from: 0, to: daemon.descriptor) { return }
            if pollers[1].revents != 0, !pass(from: daemon.descriptor, to: 1) { return }
        }
    }

    private func pass(from source: Int32, to target: Int32) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        let count = read(source, &chunk, chunk.count)
        var sent = 0
        while sent < count {
            let written = chunk.withUnsafeBytes { write(target, $0.baseAddress! + sent, count - sent) }
            if written <= 0 { return false }
            sent += written
        }
        return count > 0
    }
}
