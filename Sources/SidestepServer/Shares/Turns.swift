import NIOCore
import SidestepModel

/// Divides the time of the loop among users: who has used up his turn waits until the others have had theirs.
///
/// Counted are lines, not seconds: one is a unit, and more the longer it is. Between two turns the loop looks for what
/// has come meanwhile, so that a flood of one user, over however many connections, keeps nobody for longer than a turn.
final class Turns {
    /// Units of one turn: where there are several users about half a millisecond, else as much as batches well.
    static let unitsAmongOthers = 64
    static let unitsAlone = 512
    /// A line has one unit for each so many bytes, begun or not.
    static let bytesOfUnit = 8 << 10
    /// What an error costs besides: who sends bad calls as fast as they are answered has short turns.
    static let unitsOfError = 15
    /// A timer that is not due at once: the loop looks at its sockets before the next turn.
    private static let pause = TimeAmount.microseconds(20)

    private let loop: any EventLoop
    private let shares: Shares
    private var waiting = FairQueue<Connection>()
    /// Users who have used something since the last turn ended.
    private var spenders: [UserShare] = []
    private var isEnding = false
    private var isServing = false

    init(_ loop: any EventLoop, _ shares: Shares) {
        self.loop = loop
        self.shares = shares
    }

    private var units: Int { shares.users > 1 ? Self.unitsAmongOthers : Self.unitsAlone }

    /// Whether a user may go on in this turn.
    func isOver(_ share: UserShare) -> Bool { share.spent >= units }

    /// Counts what was done for a user. It may be more than a turn has: then the next ones are shorter.
    ///
    /// Who has used little needs no new turn yet: giving one for every line of a client that sends one at a time
    /// would cost it more than the rest of the count.
    func spend(_ amount: Int, _ share: UserShare) {
        if share.spent == 0 { spenders.append(share) }
        share.spent += amount
        if isEnding || isServing || share.spent < units / 2 { return }
        isEnding = true
        loop.assumeIsolated().execute { self.end() }
    }

    /// Calls `takeTurn` of a connection when its user has one.
    func wait(_ connection: Connection, _ share: UserShare) {
        waiting.append(connection, of: UserKey(share.uid))
        serveLater()
    }

    /// The end of a tick of the loop: everything that was ready has been looked at.
    private func end() {
        isEnding = false
        waiting.isEmpty ? giveNew() : serveLater()
    }

    private func serveLater() {
        if isServing { return }
        isServing = true
        // Behind what is queued in this tick, or it would be due before the tick is over, and the next turn part of it.
        loop.assumeIsolated().execute {
            self.loop.assumeIsolated().scheduleTask(in: Self.pause) { self.serve() }
        }
    }

    private func serve() {
        giveNew()
        isServing = false
        while let connection = waiting.popFirst(where: { !isOver(shares.share(of: UserID(truncating: $0))) })
        {
            connection.takeTurn()
        }
        if !waiting.isEmpty { serveLater() }
    }

    /// Begins a new turn.
    private func giveNew() {
        let units = units
        for share in spenders { share.spent = max(0, share.spent - units) }
        spenders.removeAll { $0.spent == 0 }
    }
}
