import Glibc

/// A file below /proc: proc(5). Its size is not known before it is read.
enum KernelFile {
    /// What it holds; nil when it cannot be opened. What cannot be read on ends it.
    ///
    /// - Parameters:
    ///   - most: about how many bytes are wanted; the rest is left.
    ///   - piece: bytes of one read(2): a table that changes meanwhile may lack lines between two of them.
    static func bytes(of path: String, most: Int = .max, piece: Int) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: piece)
        while bytes.count < most {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return bytes
    }
}
