import Glibc

/// The bytes of an answer, to be read by everybody at his own pace: in memory, and past a limit in a file
/// without a name that nobody else can open.
final class Spool {
    static let memoryLimit = 4 << 20

    private var memory: [UInt8] = []
    private var file: Int32 = -1
    private(set) var count = 0

    deinit { if file >= 0 { close(file) } }

    /// Adds bytes; false when they cannot be kept.
    func append(_ bytes: [UInt8]) -> Bool {
        if file < 0, count + bytes.count > Self.memoryLimit {
            guard open(), write(memory, at: 0) else { return false }
            memory = []
        }
        if file < 0 { memory += bytes } else if !write(bytes, at: count) { return false }
        count += bytes.count
        return true
    }

    /// At most so many bytes from a place on.
    func read(at offset: Int, _ length: Int) -> [UInt8] {
        let wanted = min(length, count - offset)
        guard wanted > 0 else { return [] }
        if file < 0 { return Array(memory[offset..<(offset + wanted)]) }
        return [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
            while filled < wanted {
                let got = pread(file, buffer.baseAddress! + filled, wanted - filled, off_t(offset + filled))
                if got < 0 && errno == EINTR { continue }
                guard got > 0 else { return }
                filled += got
            }
        }
    }

    /// All of it.
    var bytes: [UInt8] { read(at: 0, count) }

    private func open() -> Bool {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        // mkstemp(3): mode 0600.
        var name = Array("\(folder)/sidestep-XXXXXX".utf8CString)
        file = mkstemp(&name)
        guard file >= 0 else { return false }
        _ = fcntl(file, F_SETFD, FD_CLOEXEC)
        unlink(name)
        return file >= 0
    }

    private func write(_ bytes: [UInt8], at offset: Int) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                pwrite(file, $0.baseAddress! + done, bytes.count - done, off_t(offset + done))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }
}
