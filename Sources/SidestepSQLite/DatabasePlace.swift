import CShims
import Glibc

/// Where a database really is.
enum DatabasePlace {
    /// The path without symbolic links, of a file that need not exist: all who mean one file come to one
    /// name.
    ///
    /// - Throws: `DatabaseOpenError` when its directory is not there, or links lead in a circle.
    static func canonical(_ path: String) throws(DatabaseOpenError) -> String {
        var path = path
        for _ in 0..<40 {
            if let real = realpath(path, nil) {
                defer { free(real) }
                return String(cString: real)
            }
            guard errno == ENOENT else { break }
            if let target = target(of: path) {
                path = target.hasPrefix("/") ? target : directory(of: path) + "/" + target
                continue
            }
            guard let real = realpath(directory(of: path), nil) else { break }
            defer { free(real) }
            let parent = String(cString: real)
            return (parent == "/" ? "" : parent) + "/" + name(of: path)
        }
        throw .cannotOpen(path, String(cString: strerror(errno)))
    }

    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func name(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// What a symbolic link says; nil for what is none.
    private static func target(of path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { readlink(path, $0.baseAddress!, $0.count) }
        return count > 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : nil
    }

    /// Refuses what several machines share: two daemons on two of them would not see each other's locks,
    /// nor the part of the log that is in memory (<https://www.sqlite.org/wal.html>).
    static func refuseShared(_ path: String) throws(DatabaseOpenError) {
        guard let name = shared[shim_file_system(directory(of: path))] else { return }
        throw .unsafe(path, "it is on \(name), and locks do not hold there; put it on a local disk")
    }

    /// Magic numbers of linux/magic.h.
    static let shared: [Int64: String] = [
        0x6969: "NFS", 0x517B: "SMB", 0xFF53_4D42: "CIFS", 0xFE53_4D42: "SMB", 0x5346_414F: "AFS",
        0x6B41_4653: "AFS", 0x7375_7245: "Coda", 0x564C: "NCP",
    ]

    /// The first name of this kind that no file has.
    static func freeName(_ beginning: String) -> String {
        var number = 1
        while FileFacts.at("\(beginning)\(number)") != nil { number += 1 }
        return "\(beginning)\(number)"
    }
}
