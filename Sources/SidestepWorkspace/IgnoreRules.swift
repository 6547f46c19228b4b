import Glibc

/// What of a tree is neither kept nor set back: the lines of `.sidestepignore`.
///
/// A line is a pattern as glob(7) has it. Without a slash in it, or with one at its end alone, it is of names
/// anywhere; with another one, of paths from the top. A slash at its end means folders alone, with all that is in
/// them. `#` begins a comment.
public struct IgnoreRules: Sendable {
    /// The file at the top of a workspace that holds the lines.
    public static let fileName = ".sidestepignore"

    private struct Rule: Sendable {
        let pattern: String
        let isOfPaths: Bool
        let isOfFolders: Bool
    }

    private let rules: [Rule]

    /// - Throws: `WorkspaceError` for a line that takes something back (`!`), which is not known here.
    public init(_ text: String = "") throws(WorkspaceError) {
        var rules: [Rule] = []
        for line in text.split(separator: "\n") {
            let line = line.trimmed
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            guard !line.hasPrefix("!") else {
                throw WorkspaceError(
                    "\(Self.fileName) has a line `\(line)`: nothing can be taken back",
                    hint: "name what is to be ignored more exactly instead")
            }
            let isOfFolders = line.hasSuffix("/")
            let bare = isOfFolders ? String(line.dropLast()) : line
            rules.append(
                Rule(
                    pattern: bare.hasPrefix("/") ? String(bare.dropFirst()) : bare,
                    isOfPaths: bare.contains("/"),
                    isOfFolders: isOfFolders))
        }
        self.rules = rules
    }

    /// Whether a thing is ignored, with all that is in it.
    func ignores(_ path: TreePath, isDirectory: Bool) -> Bool {
        guard !rules.isEmpty else { return false }
        let name = path.split(separator: UInt8(ascii: "/")).last.map(Array.init) ?? path
        return rules.contains { rule in
            guard isDirectory || !rule.isOfFolders else { return false }
            let subject = (rule.isOfPaths ? path : name).map { CChar(bitPattern: $0) } + [0]
            return fnmatch(rule.pattern, subject, rule.isOfPaths ? FNM_PATHNAME : 0) == 0
        }
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var text = self
        while let last = text.last, last == " " || last == "\t" || last == "\r" { text.removeLast() }
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        return String(text)
    }
}
