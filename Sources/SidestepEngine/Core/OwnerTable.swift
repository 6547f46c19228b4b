import SidestepModel
import Synchronization

/// Who owns what, and which processes and connections that depends on; found by any of them at once.
struct OwnerTable {
    private var holders: [Int64: LeaseHolder] = [:] {
        didSet { meter.set(holders.count) }
    }
    private var bySession: [Int64: Set<Int64>] = [:]
    private var byProcess: [ProcessIdentity: Set<Int64>] = [:]
    var graces: [Int64: Grace] = [:]
    /// Steps that another process than the owner executes.
    var steps = HeldSteps()
    private let meter: Meter

    /// - Parameter meter: what is told how many there are.
    init(counted meter: Meter = Meter()) { self.meter = meter }

    subscript(run: Int64) -> LeaseHolder? { holders[run] }

    mutating func insert(_ holder: LeaseHolder) {
        _ = remove(holder.run)
        holders[holder.run] = holder
        if holder.kind == .connection { bySession[holder.session, default: []].insert(holder.run) }
        // A lease of kind ttl outlives its process.
        if holder.kind != .ttl { byProcess[holder.process, default: []].insert(holder.run) }
    }

    mutating func remove(_ run: Int64) -> LeaseHolder? {
        guard let holder = holders.removeValue(forKey: run) else { return nil }
        bySession[holder.session]?.remove(run)
        if bySession[holder.session]?.isEmpty == true { bySession[holder.session] = nil }
        byProcess[holder.process]?.remove(run)
        if byProcess[holder.process]?.isEmpty == true { byProcess[holder.process] = nil }
        return holder
    }

    /// Those that end with the connection, but for a grace.
    func runs(session: Int64) -> [LeaseHolder] { found(bySession[session]) }

    /// Those that end with the process.
    func runs(process: ProcessIdentity) -> [LeaseHolder] { found(byProcess[process]) }

    func needs(_ process: ProcessIdentity) -> Bool {
        steps.contains(process) || byProcess[process] != nil
    }

    private func found(_ runs: Set<Int64>?) -> [LeaseHolder] {
        (runs ?? []).sorted().compactMap { holders[$0] }
    }
}

/// The while that an owner has to come back. One timer serves all that begin together.
final class Grace: Sendable {
    let holder: LeaseHolder
    private let cancelled = Atomic(false)

    init(_ holder: LeaseHolder) { self.holder = holder }

    var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

    func cancel() { cancelled.store(true, ordering: .relaxed) }
}
