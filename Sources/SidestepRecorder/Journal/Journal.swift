import CShims
import Glibc
import NIOConcurrencyHelpers
import Sidestep
import SidestepHost
import SidestepProtocol

/// The daemon, as the recorder speaks to it: many calls at once over one connection, from a thread of their
/// own.
///
/// Every call may be made again, and is, until it is answered: a daemon that is gone is waited for, and
/// started as every client starts one. So its death costs the program nothing but time.
final class Journal: Sendable {
    typealias Done = @Sendable (Result<RawJSON, SidestepError>) -> Void

    struct Order: Sendable {
        let method: String
        let params: RawJSON
        /// After which answers it is made again: what has been paid must be recorded, and a daemon that cannot write
        /// now is waited for.
        let passing: Set<SidestepError.Kind>
        let done: Done
    }

    private struct Queue {
        var new: [Order] = []
        var isClosed = false
    }

    private let queue = NIOLockedValueBox(Queue())
    private let bell = shim_eventfd()
    private let socket: String

    /// - Throws: when the system has no thread left.
    init(socket: String) throws {
        self.socket = socket
        _ = try WorkerThread("journal") { self.work() }
    }

    deinit { Glibc.close(bell) }

    func call(
        _ method: String, waitingFor passing: Set<SidestepError.Kind>, _ params: RawJSON,
        then done: @escaping Done
    ) {
        put { $0.new.append(Order(method: method, params: params, passing: passing, done: done)) }
    }

    /// Ends the thread; what has not been answered by then never is.
    func close() { put { $0.isClosed = true } }

    private func put(_ change: (inout Queue) -> Void) {
        queue.withLockedValue { change(&$0) }
        var one: UInt64 = 1
        _ = write(bell, &one, 8)
    }

    // MARK: The thread

    /// Between two attempts to reach a daemon, and to have it write, milliseconds.
    private static let pause: Int32 = 200

    private func work() {
        var session = JournalSession(socket: socket)
        while true {
            let (new, isClosed) = queue.withLockedValue { queue in
                defer { queue.new = [] }
                return (queue.new, queue.isClosed)
            }
            if isClosed { return }
            session.add(new)
            let isDone = session.exchange()
            wait(for: session.descriptor, upTo: isDone ? -1 : Self.pause)
        }
    }

    /// Waits for an answer, for another call, or for the end of the pause.
    private func wait(for descriptor: Int32, upTo milliseconds: Int32) {
        var polled = [bell, descriptor].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        _ = poll(&polled, nfds_t(polled.count), bell < 0 ? 10 : milliseconds)
        guard polled[0].revents != 0 else { return }
        var count: UInt64 = 0
        _ = read(bell, &count, 8)
    }
}

/// What the thread of the journal knows: which calls wait, and which were sent.
private struct JournalSession {
    let socket: String
    private var connection: BlockingConnection?
    private var waiting: [Journal.Order] = []
    private var sent: [(id: Int, order: Journal.Order)] = []

    init(socket: String) { self.socket = socket }

    /// Where answers come; -1, which poll(2) passes over, while there is no connection.
    var descriptor: Int32 { connection?.descriptor ?? -1 }

    mutating func add(_ orders: [Journal.Order]) { waiting += orders }

    /// Sends what waits and takes what has been answered; false when something is to be tried again.
    mutating func exchange() -> Bool {
        guard connection != nil || !waiting.isEmpty || !sent.isEmpty else { return true }
        do {
            let open = try connection ?? BlockingConnection(socket: socket)
            connection = open
            try send(by: open)
            while isReadable(open) {
                guard let answers = try open.nextAnswers() else {
                    lose()
                    return false
                }
                for answer in answers { settle(answer.id, answer.outcome) }
            }
            return waiting.isEmpty
        } catch {
            lose()
            return false
        }
    }

    private mutating func send(by connection: BlockingConnection) throws {
        while let order = waiting.first {
            let id = try connection.begin(order.method, order.params)
            sent.append((id, order))
            waiting.removeFirst()
        }
    }

    /// What was sent is sent again, before everything else.
    private mutating func lose() {
        connection = nil
        waiting = sent.map(\.order) + waiting
        sent = []
    }

    private mutating func settle(_ id: Int, _ outcome: Result<RawJSON, SidestepError>) {
        guard let place = id == 0 ? longest : sent.firstIndex(where: { $0.id == id }) else { return }
        let order = sent.remove(at: place).order
        if case .failure(let error) = outcome, isPassing(error.kind, order) { return waiting.append(order) }
        order.done(outcome)
    }

    /// What an answer without a number is about: a line that the daemon could not take, so the longest of those that
    /// are under way.
    private var longest: Int? {
        sent.indices.max { sent[$0].order.params.bytes.count < sent[$1].order.params.bytes.count }
    }

    private func isPassing(_ kind: SidestepError.Kind, _ order: Journal.Order) -> Bool {
        [.shuttingDown, .connectionLost].contains(kind) || order.passing.contains(kind)
    }

    private func isReadable(_ connection: BlockingConnection) -> Bool {
        if connection.hasAnswers { return true }
        var polled = pollfd(fd: connection.descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&polled, 1, 0) > 0
    }
}
