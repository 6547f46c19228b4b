/// What is other in one tree than in another.
public enum Change: Sendable, Equatable {
    /// It is in the second tree alone.
    case added(Entry)
    /// It is in the first tree alone.
    case removed(Entry)
    /// It is in both, and not the same.
    case changed(from: Entry, to: Entry)

    /// Where.
    public var path: TreePath {
        switch self {
        case .added(let entry), .removed(let entry), .changed(_, let entry): entry.path
        }
    }
}

extension Tree {
    /// What has to happen to this tree to become another, in the order of the paths.
    ///
    /// The times of folders count for nothing here: they change with every file that comes and goes.
    public func changes(to other: Tree) -> [Change] {
        let (mine, theirs) = (byPath, other.byPath)
        var changes: [Change] = []
        for entry in entries {
            guard let new = theirs[entry.path] else {
                changes.append(.removed(entry))
                continue
            }
            if !entry.isSame(as: new) { changes.append(.changed(from: entry, to: new)) }
        }
        changes += other.entries.filter { mine[$0.path] == nil }.map(Change.added)
        return changes.sorted { $0.path.lexicographicallyPrecedes($1.path) }
    }
}

extension Entry {
    /// Whether nothing has to be done to make one the other.
    func isSame(as other: Entry) -> Bool {
        kind == other.kind && mode == other.mode && (isDirectory || modified == other.modified)
    }
}
