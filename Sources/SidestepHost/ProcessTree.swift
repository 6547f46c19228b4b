import Glibc

/// All processes of a piece of work: its process group, and whatever has its mark in the environment.
///
/// The mark finds what left the group (setsid(2)) and what somebody started who is dead by now; only a
/// process that left the group and cleared its environment as well escapes.
public struct ProcessTree: Sendable {
    /// The word by which its processes are known.
    public let mark: ProcessMark.Pattern
    /// The group's number; nil when there is none of its own, or it is not known.
    public var group: Int32?

    /// The processes of a mark, and of a group if they have one.
    public init(mark: ProcessMark.Pattern, group: Int32? = nil) {
        self.mark = mark
        self.group = group
    }

    /// Sends a signal to every process of the tree.
    public func signal(_ number: Int32) {
        if let group { kill(-group, number) }
        for process in Self.members([self]) where process.line.group != group { kill(process.pid, number) }
    }

    /// Whether a process of the group is left that is more than a corpse: whose parent does not wait for
    /// it, it stays in the group.
    public var hasGroup: Bool {
        guard let group, kill(-group, 0) == 0 else { return false }
        return ProcessScan.living()?.contains { $0.line.group == group } ?? true
    }

    /// How many processes are left, as far as they can be seen.
    public var count: Int { Self.members([self]).count }

    /// What is left of several trees.
    public static func processes(of trees: [ProcessTree]) -> [Int32] { members(trees).map(\.pid) }

    /// Between two looks at what was told to end, microseconds.
    private static let interval: UInt32 = 20_000
    /// Looks after SIGKILL: a process may have forked while the table was being read.
    private static let rounds = 50

    /// Ends what is left after the grace; returns when nothing is.
    public func killRest() {
        for _ in 0..<Self.rounds {
            if let group { kill(-group, SIGKILL) }
            let left = Self.members([self])
            if left.isEmpty { return }
            for process in left { kill(process.pid, SIGKILL) }
            usleep(Self.interval)
        }
    }

    /// Ends several trees: SIGTERM to all, the grace, SIGKILL to the rest. Blocks that long.
    public static func end(_ trees: [ProcessTree], graceMilliseconds: Int64) {
        for tree in trees { if let group = tree.group { kill(-group, SIGTERM) } }
        for process in members(trees) { kill(process.pid, SIGTERM) }
        wait(for: trees, milliseconds: graceMilliseconds)
        for tree in trees { tree.killRest() }
    }

    /// Waits until nothing is left, and no longer than that.
    public static func wait(for trees: [ProcessTree], milliseconds: Int64) {
        for _ in 0..<max(0, milliseconds * 1000 / Int64(interval)) {
            if members(trees).isEmpty { return }
            usleep(interval)
        }
    }

    /// The words with this beginning in the marks of living processes.
    public static func words(beginning prefix: String) -> Set<String> {
        let marks = (ProcessScan.living() ?? []).compactMap(\.mark)
        return Set(marks.flatMap { $0.words.filter { $0.hasPrefix(prefix) } })
    }

    /// The living processes of trees; never ourselves, nor those that we came from.
    private static func members(_ trees: [ProcessTree]) -> [ProcessScan] {
        guard let living = ProcessScan.living() else { return [] }
        let groups = Set(trees.compactMap(\.group))
        let own = ancestry(living)
        return living.filter { process in
            guard !own.contains(process.pid) else { return false }
            if groups.contains(process.line.group) { return true }
            guard let mark = process.mark else { return false }
            return trees.contains { mark.matches($0.mark) }
        }
    }

    private static func ancestry(_ living: [ProcessScan]) -> Set<Int32> {
        let parents = Dictionary(living.map { ($0.pid, $0.line.parent) }) { first, _ in first }
        var own: Set<Int32> = []
        var current: Int32? = getpid()
        while let pid = current, own.insert(pid).inserted { current = parents[pid] }
        return own
    }
}
