import Glibc

/// What a folder held when it was looked at, and what the kernel said of each thing in it.
struct Look: Sendable {
    /// A thing as it was.
    struct Seen: Sendable {
        let entry: Entry
        let facts: stat
    }

    let tree: Tree
    let seen: [TreePath: Seen]
    /// When it began, nanoseconds since 1970.
    private let began: Int64
    /// The name under which the tree was kept; empty where it was not.
    var name = ""

    init(_ things: [Seen], began: Int64) {
        self.began = began
        tree = Tree(things.map(\.entry))
        seen = Dictionary(things.map { ($0.entry.path, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// How old a change has to be before a later one is sure to have another time: the clock of the kernel ticks every
    /// 1 to 10 ms, and there are file systems that keep times in steps of two seconds.
    private static let coarsest: Int64 = 2_000_000_000

    /// What is found now, if it is a file that was seen here and has not changed since: nobody can set the time of the
    /// last change of an inode.
    func known(_ found: TreeScan.Found) -> Seen? {
        guard let before = seen[found.path], case .file = before.entry.kind,
            found.facts.isUnchanged(since: before.facts), before.facts.changed < began - Self.coarsest
        else { return nil }
        return before
    }

    /// The time now, by the clock that file systems take theirs from.
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return time.nanoseconds
    }
}
