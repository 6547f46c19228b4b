/// One thing to do to a tree; in the order of a plan each is possible.
enum RestoreStep: Equatable {
    /// An empty folder, a file or a link goes.
    case remove(Entry)
    /// A folder comes.
    case make(Entry)
    /// A file, a link or a second name comes, in the place of what is there.
    case put(Entry)
    /// Rights and time become those of the entry: what it holds is right already.
    case adjust(Entry)
}

/// The way from one tree to another.
struct RestorePlan: Equatable {
    private(set) var steps: [RestoreStep] = []

    /// - Parameters:
    ///   - present: what is there.
    ///   - target: what is to be there.
    init(from present: Tree, to target: Tree) {
        let wanted = target.byPath
        let there = present.byPath
        // The deepest first: a folder is empty by its turn.
        for entry in present.entries.reversed() where entry.gives(way: wanted[entry.path]) {
            steps.append(.remove(entry))
        }
        for entry in target.entries {
            let old = there[entry.path].flatMap { $0.gives(way: entry) ? nil : $0 }
            if let step = Self.step(to: entry, from: old, sources: wanted, there) { steps.append(step) }
        }
        // Last, and the deepest first: what comes and goes in a folder changes its time, and a folder may forbid it.
        let touched = Set(steps.compactMap(\.parent))
        for entry in target.entries.reversed() where entry.isDirectory {
            let old = there[entry.path]
            if old != entry || touched.contains(entry.path) { steps.append(.adjust(entry)) }
        }
    }

    private static func step(
        to entry: Entry, from old: Entry?, sources: [TreePath: Entry], _ there: [TreePath: Entry]
    ) -> RestoreStep? {
        if entry.isDirectory { return old == nil ? .make(entry) : nil }
        if case .sameFile(let first) = entry.kind {
            // Its first name keeps its file only when nothing is done to that.
            let isKept =
                sources[first].flatMap { wanted in there[first].map { $0.hasContent(of: wanted) } } ?? false
            return old?.kind == entry.kind && isKept ? nil : .put(entry)
        }
        guard let old, old.hasContent(of: entry) else { return .put(entry) }
        return old == entry ? nil : .adjust(entry)
    }
}

extension Entry {
    /// Whether it has to go before the wanted one can be there: nothing is wanted, or a folder in the place of
    /// something else.
    fileprivate func gives(way wanted: Entry?) -> Bool {
        guard let wanted else { return !path.isEmpty }
        return isDirectory != wanted.isDirectory
    }

    fileprivate func hasContent(of other: Entry) -> Bool { kind == other.kind }
}

extension RestoreStep {
    /// The folder whose list of names it changes.
    fileprivate var parent: TreePath? {
        switch self {
        case .remove(let entry), .make(let entry), .put(let entry):
            entry.path.lastIndex(of: UInt8(ascii: "/")).map { Array(entry.path[..<$0]) } ?? []
        case .adjust: nil
        }
    }
}
