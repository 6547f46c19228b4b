import SidestepRecording

/// Where an answer is delivered: a connection that waits for it.
protocol Receiver: AnyObject {
    /// Whether the other side has closed, which the kernel knows before we are told.
    var hasClosed: Bool { get }
    /// Whether it takes more now.
    var isWritable: Bool { get }
    /// Whether it is given the provider's events one by one and whole.
    var takesWholeEvents: Bool { get }
    func begin(_ status: Int, _ headers: MessageHeaders.List)
    func write(_ bytes: [UInt8])
    func flush()
    /// The answer is whole.
    func end()
    /// The answer has no end.
    func abort()
    /// The recorder answers itself.
    func answer(_ rejection: Rejection)
}

/// An answer on its way to the agent, at the agent's own pace: nobody waits for him but himself.
final class Delivery {
    private weak var connection: (any Receiver)?
    private let isHead: Bool
    private var answer: Answer?
    private var offset = 0
    private var hasBegun = false
    /// Told once whether the agent was handed everything.
    private var ended: (_ isWhole: Bool) -> Void = { _ in }

    init(to connection: any Receiver, isHead: Bool) {
        (self.connection, self.isHead) = (connection, isHead)
    }

    /// Bytes at once, so that a long answer gives way to others.
    private static let portion = 64 << 10

    /// Begins with what there is.
    func follow(_ answer: Answer, ended: @escaping (_ isWhole: Bool) -> Void = { _ in }) {
        (self.answer, self.ended) = (answer, ended)
        answer.add(self)
        if connection == nil { return finish(isWhole: false) }
        pump()
    }

    /// Who is told of the end is known only now.
    func tell(_ ended: @escaping (_ isWhole: Bool) -> Void) { self.ended = ended }

    /// Sends on what may be sent.
    func pump() {
        guard let connection, let answer else { return }
        if case .refused(let rejection) = answer.stage, !hasBegun { return reject(rejection) }
        guard let head = answer.head else {
            // What ends before it begins has no end that a connection could be given.
            if answer.stage != .open {
                reject(Rejection(.upstream, "the call ended before its answer began"))
            }
            return
        }
        if !hasBegun {
            hasBegun = true
            connection.begin(head.status, headers(of: head))
        }
        sendBody(answer, connection)
        guard offset == answer.released else { return connection.flush() }
        switch answer.stage {
        case .open: connection.flush()
        case .complete:
            finish(isWhole: true)
            connection.end()
        case .broken, .refused:
            finish(isWhole: false)
            connection.abort()
        }
    }

    /// The recorder answers itself.
    func reject(_ rejection: Rejection) {
        let connection = self.connection
        finish(isWhole: false)
        connection?.answer(rejection)
    }

    /// The agent has closed the connection, or ended.
    func clientGone() { finish(isWhole: false) }

    /// Notices an agent that has gone and whose end we have not been told of.
    func notice() { if connection?.hasClosed == true { clientGone() } }

    private func sendBody(_ answer: Answer, _ connection: any Receiver) {
        while offset < answer.released, connection.isWritable {
            let bytes = answer.spool.read(at: offset, portion(of: answer, connection))
            if bytes.isEmpty { return }
            offset += bytes.count
            if !isHead { connection.write(bytes) }
        }
    }

    /// To the end of the provider's own event, where that is known.
    private func portion(of answer: Answer, _ connection: any Receiver) -> Int {
        let left = answer.released - offset
        let most = connection.takesWholeEvents ? left : min(Self.portion, left)
        guard let split = answer.splits.first(after: offset) else { return most }
        return min(most, split - offset)
    }

    private func finish(isWhole: Bool) {
        let (answer, ended) = (self.answer, self.ended)
        (connection, self.answer, self.ended) = (nil, nil, { _ in })
        ended(isWhole)
        answer?.remove(self)
    }

    /// A chunked body needs no length, and nothing else has none.
    private func headers(of head: ReplyHead) -> MessageHeaders.List {
        let hasLength = head.headers.contains { $0.name.lowercased() == "content-length" }
        return isHead && !hasLength ? head.headers + [("content-length", "0")] : head.headers
    }
}

extension [Int] {
    /// The first number that is greater; the numbers rise.
    fileprivate func first(after number: Int) -> Int? {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] > number { high = middle } else { low = middle + 1 }
        }
        return low < count ? self[low] : nil
    }
}
