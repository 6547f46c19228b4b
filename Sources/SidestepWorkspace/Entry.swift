/// The bytes of a path below a workspace, its parts apart by `/`; names need not be UTF-8. The root is empty.
public typealias TreePath = [UInt8]

/// One thing that a tree holds.
public struct Entry: Sendable, Equatable {
    /// What it is, with what only such a thing has.
    public enum Kind: Sendable, Equatable {
        /// A folder.
        case directory
        /// A file: so many bytes with this SHA-256, in hexadecimal digits.
        case file(size: Int64, hash: String)
        /// A symbolic link with the text it holds.
        case link(target: [UInt8])
        /// Another name of a file that comes before it in the order of paths.
        case sameFile(as: TreePath)
    }

    /// Where it is.
    public var path: TreePath
    /// What it is.
    public var kind: Kind
    /// Permission bits, 0…0o7777; of links 0.
    public var mode: UInt32
    /// When its content changed, nanoseconds since 1970.
    public var modified: Int64

    /// An entry of these parts.
    public init(_ path: TreePath, _ kind: Kind, mode: UInt32, modified: Int64) {
        (self.path, self.kind, self.mode, self.modified) = (path, kind, mode, modified)
    }

    /// Whether it is a folder.
    public var isDirectory: Bool { kind == .directory }
}

/// What a tree holds at one moment, in the order of the bytes of its paths: a folder before what is in it.
public struct Tree: Sendable, Equatable {
    /// The entries in their order.
    public private(set) var entries: [Entry]

    /// - Parameter entries: in any order.
    public init(_ entries: [Entry]) {
        self.entries = entries.sorted { $0.path.lexicographicallyPrecedes($1.path) }
    }

    /// Bytes of all files, each counted once.
    public var size: Int64 {
        entries.reduce(0) { sum, entry in
            if case .file(let size, _) = entry.kind { sum &+ size } else { sum }
        }
    }

    /// The entries by their paths.
    public var byPath: [TreePath: Entry] {
        Dictionary(entries.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The contents that a copy of the tree needs.
    public var hashes: Set<String> {
        Set(entries.compactMap { if case .file(_, let hash) = $0.kind { hash } else { nil } })
    }
}
