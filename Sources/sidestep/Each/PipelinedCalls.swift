import Glibc
import Sidestep
import SidestepProtocol

/// Calls on one connection that are sent without waiting for the answers of those before.
///
/// Every one of them may be made again: what was not answered when the connection broke is sent on the next one, and
/// what a daemon could not write (a full disk, its restart) after a pause.
final class PipelinedCalls {
    typealias Answer = (Result<RawJSON, SidestepError>) throws -> Void

    private struct Call {
        let method: String
        let params: RawJSON
        let answer: Answer
    }

    private let socket: String
    private let patience: Duration
    private var connection: BlockingConnection?
    private var sent: [Int: Call] = [:]
    /// What is to be sent, from when on.
    private var unsent: [(call: Call, at: ContinuousClock.Instant)] = []
    private var trouble: WriteTrouble
    /// When the next connection is tried, and until when one is hoped for.
    private var lost: (next: ContinuousClock.Instant, end: ContinuousClock.Instant)?

    /// - Parameter patience: how long a daemon that does not answer, or cannot write, is waited for.
    init(_ connection: BlockingConnection, patience: Duration) {
        (self.connection, self.patience) = (connection, patience)
        socket = connection.path
        trouble = WriteTrouble(patience: patience)
    }

    /// Between two attempts to reach a daemon that is being restarted.
    private static let pause: Duration = .milliseconds(200)

    var isEmpty: Bool { sent.isEmpty && unsent.isEmpty }
    /// The connection for poll(2), -1 while there is none.
    var descriptor: Int32 { connection?.descriptor ?? -1 }
    /// When `work` is to be called at the latest.
    var due: ContinuousClock.Instant? {
        connection?.hasAnswers == true ? .now : lost?.next ?? unsent.map(\.at).min()
    }

    /// Sends a call; `answer` is called by `receive` or `work`.
    func send(_ method: String, _ write: (inout JSONWriter) -> Void, _ answer: @escaping Answer) throws {
        try send(Call(method: method, params: .object(write), answer: answer))
    }

    /// Sends a notification, which may be lost.
    func notify(_ method: String, _ write: (inout JSONWriter) -> Void) {
        try? connection?.notify(method, write)
    }

    /// Reads answers, when poll(2) says that there are some.
    func receive() throws {
        guard let connection else { return }
        do {
            guard let answers = try connection.nextAnswers() else { return lose() }
            for (id, outcome) in answers {
                if let call = sent.removeValue(forKey: id) {
                    try settle(call, outcome)
                } else if case .failure(let error) = outcome {
                    // Under no number of ours: a line could not be read, and its answer will never come.
                    throw error
                }
            }
        } catch let error as SidestepError where error.kind == .connectionLost {
            lose()
        }
    }

    /// Takes answers that came while something was sent, connects again, and sends what is due.
    func work() throws {
        if connection?.hasAnswers == true { try receive() }
        try connect()
        guard connection != nil, !unsent.isEmpty else { return }
        let all = unsent
        unsent = all.filter { $0.at > .now }
        for (call, at) in all where at <= .now { try send(call) }
    }

    private func send(_ call: Call) throws {
        guard let connection else { return unsent.append((call, .now)) }
        do { sent[try connection.begin(call.method, call.params)] = call } catch {
            unsent.append((call, .now))
            lose()
        }
    }

    private func settle(_ call: Call, _ outcome: Result<RawJSON, SidestepError>) throws {
        if case .failure(let error) = outcome, let pause = trouble.pause(after: error) {
            return unsent.append((call, .now + pause))
        }
        if case .success = outcome { trouble.isOver() }
        try call.answer(outcome)
    }

    private func lose() {
        connection = nil
        unsent = sent.sorted { $0.key < $1.key }.map { ($0.value, .now) } + unsent
        sent = [:]
        lost = lost ?? (.now, .now + patience)
    }

    private func connect() throws {
        guard let lost, lost.next <= .now else { return }
        do {
            connection = try BlockingConnection(socket: socket)
            self.lost = nil
        } catch let error as SidestepError where [.connectionLost, .daemonNotFound].contains(error.kind) {
            guard lost.end > .now else { throw error }
            self.lost = (.now + Self.pause, lost.end)
        }
    }
}
