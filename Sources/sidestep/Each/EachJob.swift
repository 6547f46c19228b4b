@preconcurrency import Glibc
import Sidestep
import SidestepHost

/// A command that runs for a line, until it has ended and its output was read.
struct EachJob {
    let item: EachItem
    /// What the daemon called this attempt; nil when it was not asked.
    let attempt: Int?
    let startedAt: Int
    let began = ContinuousClock.now
    /// Whether the daemon was told that it began.
    var isTold: Bool
    /// Where its output comes from; -1 when nothing more comes.
    private(set) var reader: Int32
    private let child: ChildProcess
    private let tree: ProcessTree
    private let outputLimit: Int
    private var clock: StepClock
    private var ended = StepProcess.Ended()

    /// How long a command that was told to end may take, before it is killed.
    static let grace: Duration = .seconds(5)

    /// What its beginning needs.
    struct Plan {
        var timeout: Duration?
        var outputLimit: Int
        /// The mark of its processes.
        var word: String
        var variables: [(String, String)]
    }

    /// Starts it, or says why that was not possible: a number of errno(3).
    static func start(
        _ item: EachItem, attempt: Int?, _ program: LineProgram, _ plan: Plan
    ) -> (job: EachJob?, problem: Int32) {
        guard let (reader, writer) = Spawning.pipe() else { return (nil, errno) }
        let (child, problem) = program.start(item.line, plan.variables, output: writer)
        close(writer)
        guard let child else {
            close(reader)
            return (nil, problem)
        }
        return (EachJob(item, attempt, child, reader, plan), 0)
    }

    private init(_ item: EachItem, _ attempt: Int?, _ child: ChildProcess, _ reader: Int32, _ plan: Plan) {
        (self.item, self.attempt, self.child, self.reader) = (item, attempt, child, reader)
        isTold = attempt != nil
        startedAt = RelativeTime.now()
        tree = ProcessTree(mark: .word(plan.word))
        outputLimit = plan.outputLimit
        clock = StepClock(limit: plan.timeout, grace: Self.grace)
    }

    /// How long nothing needs to be done for it; nil for as long as it takes.
    var left: Duration? { clock.left }

    /// Reads a piece of what it printed.
    mutating func read(_ chunk: inout [UInt8]) {
        let count = Glibc.read(reader, &chunk, chunk.count)
        if count < 0 && errno == EINTR { return }
        guard count > 0 else { return closeReader() }
        ended.total += count
        ended.limit = outputLimit
        if ended.total <= outputLimit { ended.output += chunk[..<count] }
        clock.heard()
    }

    /// Does what its time asks for; how it ended, once it has.
    ///
    /// - Parameter someEnded: whether a child may have ended since the last look.
    mutating func look(someEnded: Bool) throws -> StepProcess.Ended? {
        if someEnded || reader < 0, child.hasEnded { clock.ended() }
        guard clock.isOver || clock.hasEnded && reader < 0 else {
            if clock.keep(child, tree) { ended.isTimedOut = true }
            return nil
        }
        closeReader()
        ended.status = try child.wait().status
        if !ended.isSuccess {
            // What a failed command left running would go on beside the next attempt.
            ProcessTree.end([tree], graceMilliseconds: Int64(Self.grace.milliseconds))
        }
        return ended
    }

    private mutating func closeReader() {
        if reader >= 0 { close(reader) }
        reader = -1
    }

    /// Waits for the corpse of a command that was ended.
    mutating func bury() {
        closeReader()
        _ = try? child.wait()
    }
}
