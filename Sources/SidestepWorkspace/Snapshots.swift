import CShims
import Glibc

/// The trees that were kept of one run's workspace, in a folder of the user's.
///
/// `objects/` holds contents, `runs/KEY/` a text for each tree (`start`, `end-1`, `call-1`, …), and two files that say
/// of what: `directory` and `run`.
public struct Snapshots: Sendable {
    /// The name of the tree that a run began with.
    public static let start = "start"
    /// What the names of trees begin with that were kept right before a call.
    public static let calls = "call-"

    /// The name of the tree that was kept right before a call.
    public static func call(_ number: Int64) -> String { calls + "\(number)" }

    /// Where everything is, mode 0700.
    public let root: String
    /// The folder of the run.
    let folder: String
    /// What the run is called.
    private let run: String

    /// - Parameters:
    ///   - root: the folder of all workspaces of a user.
    ///   - key: what tells the run from all others, also of its id.
    ///   - run: the id.
    public init(root: String, key: String, run: String) {
        (self.root, self.run) = (root, run)
        folder = "\(root)/runs/\(TreeText.escaped(key.utf8.filter { $0 != UInt8(ascii: "/") }))"
    }

    var store: ObjectStore { ObjectStore(path: root + "/objects") }

    /// Makes the folders.
    func prepare() throws(WorkspaceError) {
        let parts = root.split(separator: "/").map(String.init)
        for count in 1...max(1, parts.count) {
            mkdir("/" + parts.prefix(count).joined(separator: "/"), 0o700)
        }
        for path in [root + "/objects", root + "/runs", folder]
        where mkdir(path, 0o700) != 0 && errno != EEXIST {
            throw .system("cannot make", Array(path.utf8))
        }
    }

    /// The names of what was kept: what the run began with, and then the oldest first.
    public var names: [String] {
        guard let top = try? Folder(top: folder), let found = try? top.names([]) else { return [] }
        let names = found.map { String(decoding: $0, as: UTF8.self) }
        let trees = names.filter { $0 != Self.directory && $0 != Self.id && !$0.hasPrefix(".") }
        // Names of one tree are equally old; call-9 comes before call-10.
        let times = trees.map { name in
            let time = name == Self.start ? .min : top.facts(Array(name.utf8))?.modified ?? 0
            return (time, name.utf8.count, name)
        }
        return times.sorted { $0 < $1 }.map(\.2)
    }

    /// A name for what is kept next.
    func next(_ kind: String) -> String {
        let numbers = names.compactMap {
            $0.hasPrefix(kind + "-") ? Int($0.dropFirst(kind.utf8.count + 1)) : nil
        }
        return "\(kind)-\((numbers.max() ?? 0) + 1)"
    }

    /// Reads a tree that was kept.
    public func tree(_ name: String) throws(WorkspaceError) -> Tree {
        guard names.contains(name), let text = read(name) else {
            throw WorkspaceError(
                "there is no `\(name)`",
                hint: "there is: " + (names.isEmpty ? "nothing" : names.joined(separator: ", ")))
        }
        guard let tree = TreeText.read(text) else {
            throw WorkspaceError("\(folder)/\(name) is damaged", hint: "restore it from a backup")
        }
        return tree
    }

    /// Whether a tree of this name was kept.
    func has(_ name: String) -> Bool { access("\(folder)/\(name)", F_OK) == 0 }

    private static let directory = "directory"
    private static let id = "run"

    /// What folder it is of.
    public var directory: String? { read(Self.directory).map { String($0.dropLast()) } }

    func note(directory: String) throws(WorkspaceError) {
        try write(Self.id, run + "\n")
        try write(Self.directory, directory + "\n")
    }

    /// What was kept for a run that is there no more, by the id that it had; the last of several.
    public static func ofRemoved(_ run: String, root: String) -> Snapshots? {
        guard let top = try? Folder(top: root + "/runs"), let keys = try? top.names([]) else { return nil }
        let all = keys.map {
            Snapshots(root: root, key: String(decoding: $0, as: UTF8.self), run: run)
        }
        return all.filter { $0.read(id) == run + "\n" }.max { $0.age < $1.age }
    }

    private var age: Int64 {
        var info = stat()
        return stat("\(folder)/\(Self.id)", &info) == 0 ? info.modified : 0
    }

    /// Writes a tree, when the contents that it needs are on disk.
    func save(_ tree: Tree, as name: String) throws(WorkspaceError) {
        let top = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(top) }
        let status = shim_sync_file_system(top)
        if status < 0 { throw .system("cannot sync", Array(root.utf8), number: -status) }
        try write(name, TreeText.write(tree))
    }

    /// Gives a tree that was kept another name as well; false where the file system does not.
    func link(_ name: String, as other: String) -> Bool {
        adopt(name, of: self, as: other) && (try? syncList()) != nil
    }

    /// Takes over what was kept right before the calls of another run, up to one of them: a fork shares those calls.
    func adoptCalls(of other: Snapshots, upTo last: Int64) throws(WorkspaceError) {
        for name in other.names {
            guard let number = Self.number(ofCall: name), number <= last else { continue }
            guard adopt(name, of: other, as: name) else { throw .system("cannot link", Array(name.utf8)) }
        }
        try syncList()
    }

    private func adopt(_ name: String, of other: Snapshots, as own: String) -> Bool {
        let (place, temporary) = ("\(folder)/\(own)", "\(folder)/.\(own)")
        unlink(temporary)
        guard Glibc.link("\(other.folder)/\(name)", temporary) == 0 else { return false }
        // Of two names of one file rename(2) leaves the first.
        defer { unlink(temporary) }
        return rename(temporary, place) == 0
    }

    private static func number(ofCall name: String) -> Int64? {
        name.hasPrefix(calls) ? Int64(name.dropFirst(calls.utf8.count)) : nil
    }

    private func write(_ name: String, _ text: String) throws(WorkspaceError) {
        let (place, temporary) = ("\(folder)/\(name)", "\(folder)/.\(name)")
        unlink(temporary)
        let file = temporary.withCString { shim_create_at(AT_FDCWD, $0, 0o600) }
        if file < 0 { throw .system("cannot write", Array(place.utf8), number: -file) }
        defer { close(file) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { throw .system("cannot write", Array(place.utf8)) }
            rest = rest.dropFirst(count)
        }
        guard fsync(file) == 0, rename(temporary, place) == 0 else {
            throw .system("cannot write", Array(place.utf8))
        }
        try syncList()
    }

    /// Has the names on disk.
    func syncList() throws(WorkspaceError) {
        let list = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(list) }
        guard fsync(list) == 0 else { throw .system("cannot sync", Array(folder.utf8)) }
    }

    /// The contents that a tree needs that was kept.
    func hashes(of name: String) throws(WorkspaceError) -> Set<String> {
        if let hashes = bytes(of: name).flatMap(TreeText.hashes) { return hashes }
        throw WorkspaceError("\(folder)/\(name) is damaged", hint: "restore it from a backup, or forget it")
    }

    private func read(_ name: String) -> String? {
        bytes(of: name).map { String(decoding: $0, as: UTF8.self) }
    }

    private func bytes(of name: String) -> [UInt8]? {
        let file = open("\(folder)/\(name)", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return count == 0 ? bytes : nil }
            bytes += chunk[..<count]
        }
    }
}
