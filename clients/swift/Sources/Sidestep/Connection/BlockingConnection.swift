import SidestepProtocol

/// A connection for programs that do one thing after another: no threads, no tasks, quick to start.
///
/// The command line tool is made of it. For everything else there is ``SidestepClient``.
public final class BlockingConnection {
    let socket: UnixSocket
    var lines: LineReader
    private var lastID = 0

    /// Finds a daemon, or starts one, and connects to it.
    ///
    /// - Parameters:
    ///   - path: the daemon's socket; nil looks in the usual places.
    ///   - autostart: whether a daemon may be started; nil leaves it to `SIDESTEP_AUTOSTART`.
    /// - Throws: `SidestepError` of kind `daemonNotFound` that names what was tried.
    public convenience init(socket path: String? = nil, autostart: Bool? = nil) throws {
        try self.init(finder: DaemonFinder(socket: path, autostart: autostart))
    }

    init(finder: DaemonFinder) throws {
        socket = try finder.connect()
        lines = LineReader(socket)
    }

    /// The path of the socket that answered.
    public var path: String { socket.path }

    /// Calls a method and waits for its result.
    ///
    /// - Parameter told: gets the parameters of each notification that comes meanwhile.
    @discardableResult
    public func call(
        _ method: String, _ params: RawJSON? = nil, told: (_ params: RawJSON) -> Void = { _ in }
    ) throws -> RawJSON {
        lastID += 1
        try send(Outgoing.request(id: lastID, method: method, params: params))
        while let line = try receive() {
            switch Incoming(line: line) {
            case .answer(lastID, let outcome): return try outcome.get()
            // The daemon could not read the line, and so not its number either: there is no other than ours.
            case .answer(0, .failure(let error)): throw error
            case .notification(_, let params): params.map(told)
            default: continue
            }
        }
        throw SidestepError(.connectionLost, "the daemon closed the connection before it answered \(method)")
    }

    /// Calls a method with the parameters that `write` writes into an object.
    @discardableResult
    public func call(_ method: String, _ write: (inout JSONWriter) -> Void) throws -> RawJSON {
        try call(method, .object(write))
    }

    /// Sends a notification; nobody answers it.
    public func notify(_ method: String, _ write: (inout JSONWriter) -> Void) throws {
        try send(Outgoing.notification(method: method, params: .object(write)))
    }

    /// Waits for the next notification; nil when the daemon has closed the connection.
    package func nextNotification() throws -> (method: String, params: RawJSON?)? {
        while let line = try receive() {
            if case .notification(let method, let params) = Incoming(line: line) { return (method, params) }
        }
        return nil
    }

    // MARK: - Calls whose answers are read later

    /// The socket, for poll(2).
    package var descriptor: Int32 { socket.descriptor }

    /// Sends a call without waiting for its answer; returns the number that the answer will have.
    ///
    /// What comes meanwhile is read: a daemon takes nothing from a client that does not take its answers.
    package func begin(_ method: String, _ params: RawJSON) throws -> Int {
        lastID += 1
        var rest = Outgoing.request(id: lastID, method: method, params: params)[...]
        while true {
            rest = rest.dropFirst(socket.writeNow(rest))
            if rest.isEmpty { return lastID }
            guard socket.waitUntilWritableOrReadable() else { continue }
            do { if try lines.readMore() { continue } } catch { throw lost(error) }
            throw SidestepError(.connectionLost, "the daemon closed the connection before it took \(method)")
        }
    }

    /// Whether an answer was read already, which poll(2) does not tell.
    package var hasAnswers: Bool { lines.hasLine }

    /// Reads what has come, and waits when nothing has: the answers that are whole by now. Nil when the daemon has
    /// closed the connection.
    package func nextAnswers() throws -> [(id: Int, outcome: Result<RawJSON, SidestepError>)]? {
        do { guard try lines.hasLine || lines.readMore() else { return nil } } catch { throw lost(error) }
        var answers: [(id: Int, outcome: Result<RawJSON, SidestepError>)] = []
        while let line = lines.buffered() {
            if case .answer(let id, let outcome) = Incoming(line: line) { answers.append((id, outcome)) }
        }
        return answers
    }

    private func send(_ bytes: [UInt8]) throws {
        do { try socket.write(bytes[...]) } catch { throw lost(error) }
    }

    private func receive() throws -> ArraySlice<UInt8>? {
        do { return try lines.next() } catch { throw lost(error) }
    }

    func lost(_ error: any Error) -> SidestepError {
        let reason = (error as? SystemError)?.message ?? "\(error)"
        return SidestepError(.connectionLost, "the connection to the daemon broke: \(reason)")
    }
}

extension RawJSON {
    /// An object with the members that `write` writes.
    public static func object(_ write: (inout JSONWriter) -> Void) -> RawJSON {
        build { writer in
            writer.beginObject()
            write(&writer)
            writer.endObject()
        }
    }
}
