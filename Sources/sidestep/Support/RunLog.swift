import Glibc
import Sidestep

/// What a supervised program printed: two files of a limited size in the user's state directory, the newer
/// and the older.
final class RunLog {
    let path: String
    private let limit: Int
    private var file: Int32 = -1
    private var size = 0

    /// Bytes of each of the two files.
    static let defaultLimit = 8 << 20

    init(run: String, limit: Int = defaultLimit) {
        path = Self.path(of: run)
        self.limit = limit
        Self.makeDirectories(path)
        open()
    }

    deinit { if file >= 0 { close(file) } }

    /// Adds output; a disk that is full loses it, never the program.
    func append(_ bytes: ArraySlice<UInt8>) {
        if size + bytes.count > limit, size > 0 {
            if file >= 0 { close(file) }
            rename(path, path + ".1")
            open()
        }
        if file >= 0 { Output.write(bytes, to: file) }
        size += bytes.count
    }

    private func open() {
        file = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        var status = stat()
        size = file >= 0 && fstat(file, &status) == 0 ? Int(status.st_size) : 0
    }

    /// The file of a run, by its id.
    static func path(of run: String) -> String {
        let environment = Environment.current
        let state = environment["XDG_STATE_HOME"] ?? (environment["HOME"] ?? "/tmp") + "/.local/state"
        let name = run.utf8.map { byte in
            let isPlain =
                byte >= 0x30 && byte <= 0x39 || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a || byte == 0x2d
                || byte == 0x5f
            return isPlain ? String(UnicodeScalar(byte)) : "%" + String(byte, radix: 16)
        }.joined()
        return "\(state)/sidestep/logs/\(name.prefix(200)).log"
    }

    private static func makeDirectories(_ path: String) {
        var place = ""
        for part in path.split(separator: "/").dropLast() {
            place += "/" + part
            mkdir(place, 0o700)
        }
    }
}
