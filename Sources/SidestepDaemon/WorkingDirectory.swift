import Glibc

/// The daemon works in `/`: it is to keep no directory busy, and no path is to mean what it means where the
/// daemon happens to have been started. Flags alone may name a path from there; they are resolved before.
enum WorkingDirectory {
    /// Where we are now.
    static func path() -> String {
        guard let text = getcwd(nil, 0) else { return "/" }
        defer { free(text) }
        return String(cString: text)
    }

    static func leave() { chdir("/") }
}
