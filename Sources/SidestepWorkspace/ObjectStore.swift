import CShims
import Glibc
import SidestepHash

/// Contents of files under their SHA-256: each stands there once, whoever has it.
struct ObjectStore {
    /// The folder, mode 0700.
    let path: String

    private static let chunk = 1 << 20

    /// Where a content is.
    func place(_ hash: String) -> String { "\(path)/\(hash.prefix(2))/\(hash.dropFirst(2))" }

    /// Keeps what an open file holds: shared with it where the file system can share (ioctl_ficlone(2)), else copied.
    ///
    /// - Returns: how many bytes and their hash.
    func keep(_ file: Int32, of source: TreePath) throws(WorkspaceError) -> (size: Int64, hash: String) {
        let temporary = "\(path)/new-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        let copy = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o400)
        if copy < 0 { throw .system("cannot write", Array(temporary.utf8)) }
        defer { close(copy) }
        var isKept = false
        defer { if !isKept { unlink(temporary) } }
        let isShared = shim_clone_file(copy, file) == 0
        let (size, hash) = try read(isShared ? copy : file, into: isShared ? nil : copy, source)
        let place = place(hash)
        mkdir("\(path)/\(hash.prefix(2))", 0o700)
        // One that is there already is as good, unless the machine died before all of it was on disk.
        var there = stat()
        if stat(place, &there) == 0 && Int64(there.st_size) == size { return (size, hash) }
        guard rename(temporary, place) == 0 else { throw .system("cannot write", Array(place.utf8)) }
        isKept = true
        return (size, hash)
    }

    private func read(
        _ file: Int32, into copy: Int32?, _ source: TreePath
    ) throws(WorkspaceError) -> (size: Int64, hash: String) {
        var hash = StreamHash()
        var size: Int64 = 0
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunk, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = pread(file, buffer.baseAddress, buffer.count, off_t(size))
            if count < 0 && errno == EINTR { continue }
            if count < 0 { throw .system("cannot read", source) }
            if count == 0 { return (size, hash.hexDigits()) }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            hash.update(bytes)
            if let copy { try Self.write(bytes, to: copy, at: size, source) }
            size &+= Int64(count)
        }
    }

    private static func write(
        _ bytes: UnsafeRawBufferPointer, to file: Int32, at offset: Int64, _ source: TreePath
    ) throws(WorkspaceError) {
        var done = 0
        while done < bytes.count {
            let count = pwrite(
                file, bytes.baseAddress! + done, bytes.count - done, off_t(offset) + off_t(done))
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { throw .system("cannot keep", source) }
            done += count
        }
    }

    /// Writes a content into a new, empty file.
    func copy(_ hash: String, to file: Int32, _ target: TreePath) throws(WorkspaceError) {
        let object = open(place(hash), O_RDONLY | O_CLOEXEC)
        if object < 0 { throw .system("cannot read what was kept of", target) }
        defer { close(object) }
        if shim_clone_file(file, object) == 0 { return }
        let (_, found) = try read(object, into: file, target)
        guard found == hash else {
            throw WorkspaceError(
                "what was kept of \(TreeText.escaped(target)) is damaged: \(place(hash))",
                hint: "restore it from a backup; nothing was changed in its place")
        }
    }
}
