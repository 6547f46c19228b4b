import Glibc

/// Directories that only this service sees: what systemd puts in the place of /tmp and /var/tmp (PrivateTmp=).
enum PrivateDirectories {
    /// The private directory that a path lies in; nil when everybody sees the file.
    ///
    /// proc(5), /proc/self/mountinfo: field 4 is what of a file system is mounted, field 5 where.
    static func one(holding path: String) -> String? {
        guard let real = realpath(directory(of: path), nil) else { return nil }
        defer { free(real) }
        return one(holding: String(cString: real) + "/", mounts: mounts())
    }

    static func one(holding path: String, mounts: String) -> String? {
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 4, fields[4] == "/tmp" || fields[4] == "/var/tmp" else { continue }
            if path.hasPrefix(fields[4] + "/"), fields[3].contains("/systemd-private-") {
                return String(fields[4])
            }
        }
        return nil
    }

    private static func directory(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    private static func mounts() -> String {
        guard let file = fopen("/proc/self/mountinfo", "re") else { return "" }
        defer { fclose(file) }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { text += chunk[..<count] }
        return String(decoding: text, as: UTF8.self)
    }
}
