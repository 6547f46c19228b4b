import CShims

/// A file, told from every other that has or had its name.
struct FileIdentity: Sendable, Equatable {
    let inode: UInt64
    /// When it was made, nanoseconds since the epoch; 0 where the file system does not tell. The number of
    /// a removed file is soon another's.
    let born: Int64

    init(inode: UInt64, born: Int64) { (self.inode, self.born) = (inode, born) }

    /// As one word.
    var text: String { "\(inode).\(born)" }

    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let inode = UInt64(parts[0]), let born = Int64(parts[1]) else { return nil }
        self.init(inode: inode, born: born)
    }
}

/// What statx(2) says of a file.
struct FileFacts: Sendable, Equatable {
    let identity: FileIdentity
    let device: UInt64
    let links: UInt32
    let size: Int64
    /// When it was last written, nanoseconds since the epoch.
    let changed: Int64

    /// The file that a path names now; nil when there is none.
    static func at(_ path: String) -> FileFacts? {
        var facts = shim_file()
        return shim_file_at(path, &facts) == 0 ? FileFacts(facts) : nil
    }

    /// The file that is open.
    static func of(_ descriptor: Int32) -> FileFacts? {
        var facts = shim_file()
        return shim_file_of(descriptor, &facts) == 0 ? FileFacts(facts) : nil
    }

    private init(_ facts: shim_file) {
        identity = FileIdentity(inode: facts.inode, born: facts.born)
        (device, links, size, changed) = (facts.device, facts.links, facts.size, facts.changed)
    }
}
