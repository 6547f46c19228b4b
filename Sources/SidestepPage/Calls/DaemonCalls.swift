import CShims
import Glibc
import Sidestep
import SidestepHost
import SidestepProtocol
import Synchronization

/// Calls of the daemon: many at once over one connection, from a thread of their own.
///
/// None is made twice: what a page asks for may change something, and it can ask again.
final class DaemonCalls: Sendable {
    enum Outcome: Sendable {
        case result(RawJSON)
        case refused(RPCError)
        /// No daemon has answered.
        case unavailable(String)
    }

    typealias Done = @Sendable (Outcome) -> Void
    /// Told how far a backup or vacuum is: the parameters of `system.progress`.
    typealias Told = @Sendable (RawJSON) -> Void

    struct Order: Sendable {
        let ticket: Int
        let method: String
        let params: RawJSON
        let told: Told
        let done: Done
    }

    private struct Queue {
        var lastTicket = 0
        var new: [Order] = []
        var givenUp: [Int] = []
        var isClosed = false
    }

    let finder: DaemonPath
    private let queue = Mutex(Queue())
    private let bell = Bell()

    /// - Throws: when the system has no thread left.
    init(_ finder: DaemonPath) throws {
        self.finder = finder
        _ = try WorkerThread("page-calls") { self.work() }
    }

    /// Makes a call; `done` is called once, on another thread, and `told` before it if it asks for progress.
    ///
    /// - Returns: what it is given up by.
    func call(
        _ method: String, _ params: RawJSON, told: @escaping Told, then done: @escaping Done
    ) -> Int {
        let ticket = queue.withLock { queue in
            queue.lastTicket += 1
            queue.new.append(
                Order(ticket: queue.lastTicket, method: method, params: params, told: told, done: done))
            return queue.lastTicket
        }
        bell.ring()
        return ticket
    }

    /// Nobody waits for the answer any more.
    func giveUp(_ ticket: Int) {
        queue.withLock { $0.givenUp.append(ticket) }
        bell.ring()
    }

    /// Ends the thread; what has not been answered by then never is.
    func close() {
        queue.withLock { $0.isClosed = true }
        bell.ring()
    }

    private func work() {
        var session = CallSession(finder)
        // The first look may start a daemon, before anybody asks for something.
        session.prepare()
        while true {
            let taken = queue.withLock { queue in
                defer { (queue.new, queue.givenUp) = ([], []) }
                return queue
            }
            if taken.isClosed { return }
            session.exchange(taken.new, givenUp: taken.givenUp)
            bell.wait(or: session.descriptor)
        }
    }
}

/// What the thread of the calls knows: which were sent.
private struct CallSession {
    private let finder: DaemonPath
    private var connection: BlockingConnection?
    private var sent: [(id: Int, order: DaemonCalls.Order)] = []

    init(_ finder: DaemonPath) { self.finder = finder }

    /// Where answers come; -1, which poll(2) passes over, while there is no connection.
    var descriptor: Int32 { connection?.descriptor ?? -1 }

    mutating func prepare() { connection = try? finder.connect() }

    mutating func exchange(_ new: [DaemonCalls.Order], givenUp: [Int]) {
        // What was sent before may have been lost meanwhile, which is not to fail what is new.
        receive()
        for order in new where !givenUp.contains(order.ticket) { send(order) }
        for ticket in givenUp { cancel(ticket) }
        receive()
    }

    private mutating func send(_ order: DaemonCalls.Order) {
        do {
            let open = try connection ?? finder.connect()
            connection = open
            sent.append((try open.begin(order.method, order.params), order))
        } catch {
            order.done(.unavailable((error as? SidestepError)?.message ?? "\(error)"))
            lose()
        }
    }

    /// The daemon need not wait any longer for what nobody waits for.
    private mutating func cancel(_ ticket: Int) {
        guard let open = connection, let call = sent.first(where: { $0.order.ticket == ticket }) else {
            return
        }
        guard MethodTable.named(call.order.method)?.mayWait == true else { return }
        _ = try? open.begin("rpc.cancel", .object { $0.member("id", call.id) })
    }

    private mutating func receive() {
        while let open = connection, open.hasAnswers || Self.isReadable(open) {
            guard let messages = try? open.nextMessages() else { return lose() }
            for message in messages {
                switch message {
                case .answer(let id, let outcome): settle(id, outcome)
                case .told("system.progress", let progress): tell(progress)
                case .told: break
                }
            }
        }
    }

    /// One backup or vacuum is under way at a time, and whose it is does not stand there.
    private func tell(_ progress: RawJSON) {
        let asked = sent.first { $0.order.params["progress"]?.bool == true }
        asked?.order.told(progress)
    }

    private static func isReadable(_ connection: BlockingConnection) -> Bool {
        var polled = pollfd(fd: connection.descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&polled, 1, 0) > 0
    }

    private mutating func settle(_ id: Int?, _ outcome: Result<RawJSON, RPCError>) {
        guard let place = id == nil ? longest : sent.firstIndex(where: { $0.id == id }) else { return }
        let order = sent.remove(at: place).order
        switch outcome {
        case .success(let value): order.done(.result(value))
        case .failure(let error): order.done(.refused(error))
        }
    }

    /// What an answer without a number is about: a line that the daemon could not take, so the longest of those that
    /// are under way.
    private var longest: Int? {
        sent.indices.max { sent[$0].order.params.bytes.count < sent[$1].order.params.bytes.count }
    }

    private mutating func lose() {
        connection = nil
        let lost = sent
        sent = []
        for call in lost {
            call.order.done(
                .unavailable("the daemon went away before it answered; what was asked for may have been done")
            )
        }
    }
}
