import Glibc
import SidestepModel
import SidestepStore

/// A copy of a database whose name is taken away as soon as it is whole: a crash leaves nothing behind.
final class UnnamedCopy: HeldCopy {
    let bytes: Int64
    private let descriptor: Int32

    /// Makes a copy beside the database, where there is a file system that has room for one, and that the daemon may
    /// write whatever its sandbox.
    init(
        of path: String, onFault: @escaping @Sendable (StoreFault) -> Void,
        _ told: (@Sendable (MaintenanceProgress) -> Void)?
    ) throws(Failure) {
        let name = Self.name(path)
        unlink(name)
        bytes = try DatabaseCopy.write(path, to: name, overwrites: true, onFault: onFault, told)
        descriptor = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        unlink(name)
        guard descriptor >= 0 else {
            throw Failure(
                .storageError, "cannot open the copy: \(String(cString: strerror(errno)))",
                hint: "Call again; the daemon's log may say more.")
        }
    }

    deinit { close(descriptor) }

    static func name(_ path: String) -> String { path + ".copy" }

    func read(at offset: Int64, count: Int) throws(Failure) -> [UInt8] {
        var chunk = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let more = chunk.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress! + filled, count - filled, off_t(offset) + filled)
            }
            if more < 0 && errno == EINTR { continue }
            guard more >= 0 else {
                throw Failure(
                    .storageError, "cannot read the copy: \(String(cString: strerror(errno)))",
                    hint: "Begin the backup again.")
            }
            if more == 0 { break }
            filled += more
        }
        return Array(chunk.prefix(filled))
    }
}
