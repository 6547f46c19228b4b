import Glibc

/// The processes of one attempt: its process group, and whatever has its token in the environment.
///
/// The token finds what left the group (setsid(2)) and what an earlier daemon started; only a process that
/// cleared its
/// environment as well escapes.
struct ProcessTree {
    /// The variable that holds the token.
    static let variable = "SIDESTEP_EXECUTION"
    /// Between two looks at a group that was told to end, microseconds.
    private static let interval: UInt32 = 20_000
    /// Looks at the process table after SIGKILL: a process may have forked while it was being read.
    private static let rounds = 50

    let token: String
    /// The group's number; nil when it is not known.
    var group: Int32?

    /// Sends a signal to every process of the tree.
    func signal(_ number: Int32) {
        if let group { kill(-group, number) }
        for pid in Self.processes(with: [token]) where getpgid(pid) != group { kill(pid, number) }
    }

    /// Whether any process of the group is left.
    var hasGroup: Bool { group.map { kill(-$0, 0) == 0 } ?? false }

    /// Ends what is left after the grace; returns when nothing is.
    func killRest() {
        for _ in 0..<Self.rounds {
            if let group { kill(-group, SIGKILL) }
            let left = Self.processes(with: [token])
            if left.isEmpty && !hasGroup { return }
            for pid in left { kill(pid, SIGKILL) }
            usleep(Self.interval)
        }
    }

    /// Ends several trees: SIGTERM to all, the grace, SIGKILL to the rest. Blocks that long.
    static func end(_ trees: [ProcessTree], graceMilliseconds: Int64) {
        let tokens = Set(trees.map(\.token))
        for tree in trees { if let group = tree.group { kill(-group, SIGTERM) } }
        for pid in processes(with: tokens) { kill(pid, SIGTERM) }
        var left = graceMilliseconds * 1000 / Int64(interval)
        while left > 0, !(processes(with: tokens).isEmpty && trees.allSatisfy { !$0.hasGroup }) {
            usleep(interval)
            left -= 1
        }
        for tree in trees { tree.killRest() }
    }

    /// The processes that have one of these tokens in their environment, proc(5): those of our own user.
    static func processes(with tokens: Set<String>) -> [Int32] {
        guard let directory = opendir("/proc") else { return [] }
        defer { closedir(directory) }
        let marks = tokens.map { Array("\(variable)=\($0)".utf8) }
        var found: [Int32] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard let pid = Int32(name), let environment = read("/proc/\(pid)/environ") else { continue }
            let variables = environment.split(separator: 0)
            if variables.contains(where: { text in marks.contains { $0.elementsEqual(text) } }) {
                found.append(pid)
            }
        }
        return found
    }

    /// The largest environment looked at, bytes; ours stands near its beginning.
    private static let environmentBytes = 256 << 10

    private static func read(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while bytes.count < environmentBytes {
            let count = Glibc.read(file, &chunk, chunk.count)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return bytes
    }
}
