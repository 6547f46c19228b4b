import Testing

@testable import SidestepWorkspace

/// Plans, done to a tree in memory that refuses what a file system refuses.
@Suite struct RestorePlanTests {
    @Test(arguments: 0..<400) func everyPlanMakesTheOneTreeTheOther(seed: UInt64) throws {
        var random = Chance(seed: seed)
        let (before, after) = (random.tree(), random.tree())
        var model = Model(before)
        for step in RestorePlan(from: before, to: after).steps { try model.perform(step) }
        #expect(model.tree == after)
        #expect(RestorePlan(from: after, to: after).steps.isEmpty)
    }

    @Test func whatIsRightAlreadyIsLeftAlone() {
        let tree = Tree([TreeTests.folder(""), TreeTests.file("a"), TreeTests.file("b")])
        let other = Tree([TreeTests.folder(""), TreeTests.file("a"), TreeTests.file("b", mode: 0o600)])
        #expect(RestorePlan(from: tree, to: other).steps == [.adjust(TreeTests.file("b", mode: 0o600))])
    }
}

/// Numbers that a seed gives: xorshift64*, Vigna 2016.
struct Chance {
    var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func below(_ bound: Int) -> Int {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return Int(truncatingIfNeeded: (state &* 2_685_821_657_736_338_717) >> 33) % bound
    }

    /// A small tree of few names, so that two of them meet in every way.
    mutating func tree() -> Tree {
        var entries = [Entry([], .directory, mode: 0o755, modified: Int64(below(3)))]
        fill([], depth: 0, &entries)
        return Tree(entries)
    }

    private mutating func fill(_ parent: TreePath, depth: Int, _ entries: inout [Entry]) {
        for name in ["a", "b", "c"] where below(3) > 0 {
            let path = parent.isEmpty ? Array(name.utf8) : parent + Array("/\(name)".utf8)
            let (mode, time) = (UInt32([0o600, 0o755][below(2)]), Int64(below(2)))
            switch below(5) {
            case 0 where depth < 3, 1 where depth < 3:
                entries.append(Entry(path, .directory, mode: mode, modified: time))
                fill(path, depth: depth + 1, &entries)
            case 2: entries.append(Entry(path, .link(target: [UInt8(below(2))]), mode: 0, modified: time))
            case 3:
                let files = entries.filter { if case .file = $0.kind { true } else { false } }
                if let first = files.filter({ $0.path.lexicographicallyPrecedes(path) }).last {
                    entries.append(Entry(path, .sameFile(as: first.path), mode: 0, modified: 0))
                }
            default:
                let hash = String(repeating: ["ab", "cd"][below(2)], count: 32)
                entries.append(Entry(path, .file(size: 1, hash: hash), mode: mode, modified: time))
            }
        }
    }
}

/// A tree in memory.
private struct Model {
    struct Refused: Error { let step: RestoreStep }

    var entries: [TreePath: Entry]

    init(_ tree: Tree) { entries = tree.byPath }

    var tree: Tree { Tree(Array(entries.values)) }

    mutating func perform(_ step: RestoreStep) throws {
        switch step {
        case .remove(let entry):
            // The time of a folder is another one when things have gone from it.
            guard entries[entry.path]?.kind == entry.kind,
                !entries.keys.contains(where: { $0.starts(with: entry.path + [47]) })
            else { throw Refused(step: step) }
            entries[entry.path] = nil
            touch(entry.path)
        case .make(let entry), .put(let entry):
            guard has(parent: entry.path) else { throw Refused(step: step) }
            if let old = entries[entry.path], old.isDirectory || entry.isDirectory {
                throw Refused(step: step)
            }
            if case .sameFile(let first) = entry.kind, entries[first] == nil { throw Refused(step: step) }
            entries[entry.path] = entry
            touch(entry.path)
        case .adjust(let entry):
            guard entries[entry.path]?.kind == entry.kind else { throw Refused(step: step) }
            entries[entry.path] = entry
        }
    }

    private func parent(_ path: TreePath) -> TreePath {
        path.lastIndex(of: 47).map { Array(path[..<$0]) } ?? []
    }

    private func has(parent path: TreePath) -> Bool { entries[parent(path)]?.isDirectory == true }

    /// What comes and goes in a folder changes its time.
    private mutating func touch(_ path: TreePath) { entries[parent(path)]?.modified = 99 }
}
