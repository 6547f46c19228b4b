import CShims
import Glibc
import Sidestep
import SidestepHost
import SidestepModel
import SidestepProtocol

/// The run that lines are steps of: what it has recorded, and who owns it.
struct EachRun {
    /// How a step stands that is not new.
    enum Record {
        case completed(RawJSON)
        case failed(RawJSON)
        /// An earlier process began it; only the daemon knows whether it may be begun again, and when.
        case begun
    }

    let id: String
    let uid: String
    let epoch: Int
    /// Nil when the run has ended: what it recorded is repeated, and nothing new is done.
    let lease: String?
    private(set) var records: [String: Record] = [:]
    private let owner: Owner?

    /// Asks the daemon about the script's run.
    init(_ connection: BlockingConnection, names: EachNames) throws {
        let name = try Context.run()
        let run = try connection.call("run.get") { $0.member("run", name) }["run"] ?? .emptyObject
        (id, uid) = (name, run["uid"]?.string ?? "")
        epoch = run["epoch"]?.int ?? 0
        lease = Context.value("SIDESTEP_LEASE")
        owner = Owner(run.present("owner"))
        try read(connection, names)
    }

    private mutating func read(_ connection: BlockingConnection, _ names: EachNames) throws {
        try RecordedSteps(run: id, connection: connection).pages(size: 10_000) { steps in
            for step in steps {
                guard let name = step["step"]?.string, names.mayHold(name) else { continue }
                records[name] = Self.record(step)
            }
            return true
        }
    }

    private static func record(_ step: RawJSON) -> Record {
        switch step["status"]?.string {
        case "completed": .completed(step["output"] ?? .null)
        case "failed": .failed(step["error"] ?? .null)
        default: .begun
        }
    }

    /// The idempotency key of a step.
    func key(_ step: String) -> String { "\(uid)/\(step)" }

    // MARK: - The owner

    /// The process without which nothing can be recorded: the script, as a rule.
    private struct Owner {
        let process: ProcessIdentity
        /// Readable when it has ended; -1 where the kernel gives none.
        let pidfd: Int32

        init?(_ owner: RawJSON?) {
            guard let pid = owner?["pid"]?.int.flatMap({ Int32(exactly: $0) }),
                let status = ProcessTable.status(of: pid)
            else { return nil }
            process = ProcessIdentity(pid: pid, startTicks: status.startTicks)
            pidfd = shim_pidfd_open(pid)
        }
    }

    /// For poll(2): readable when the owner has ended; -1 when `hasLostOwner` is to be asked now and then.
    var ownerEnd: Int32 { owner?.pidfd ?? -1 }

    /// Whether the process that owned the run has ended: what is done from now on cannot be recorded.
    var hasLostOwner: Bool { owner.map { ProcessTable.hasEnded($0.process) } ?? false }
}
