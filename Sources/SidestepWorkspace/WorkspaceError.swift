import Glibc

/// Why a workspace is not kept or not set back; nothing of it was lost.
public struct WorkspaceError: Error, Sendable, Equatable {
    /// What is wrong, in one sentence.
    public let message: String
    /// What to do.
    public let hint: String?
    /// Whether what was to be looked at has gone.
    private(set) var isGone = false

    /// An error of these words.
    public init(_ message: String, hint: String? = nil) { (self.message, self.hint) = (message, hint) }

    /// What the kernel refused.
    static func system(_ what: String, _ path: TreePath, number: Int32 = errno) -> WorkspaceError {
        var error = WorkspaceError("\(what) \(TreeText.escaped(path)): \(String(cString: strerror(number)))")
        error.isGone = number == ENOENT || number == ENOTDIR
        return error
    }
}
