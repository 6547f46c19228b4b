/// Gives every step of a run a name of its own: the second `fetch` becomes `fetch#2`.
///
/// All clients derive the same names, so that one may resume what another began. Occurrences are counted per
/// enclosing step, never over the whole run: a replayed step does not run its body, so a count over the run
/// would shift for everything after it.
package struct StepNames: Sendable {
    private var counts: [String: Int] = [:]
    private var taken: Set<String> = []

    /// The journal's name for the next step called `name` inside the step `scope` (nil at the top of the
    /// workflow).
    mutating func next(_ name: String, in scope: String?) -> String {
        let base = scope.map { "\($0)/\(name)" } ?? name
        while true {
            let count = counts[base, default: 0] + 1
            counts[base] = count
            let derived = Self.shortened(count == 1 ? base : "\(base)#\(count)")
            if taken.insert(derived).inserted { return derived }
        }
    }

    /// Counts within the step `scope` from the start again, because its body is executed once more.
    mutating func forget(within scope: String) {
        let prefix = scope + "/"
        counts = counts.filter { !$0.key.hasPrefix(prefix) }
        taken = taken.filter { !$0.hasPrefix(prefix) }
    }

    /// Starts counting again, because the workflow is executed again from its beginning.
    mutating func restart() { self = StepNames() }

    /// Bytes of a name: the daemon's limit `name_bytes`.
    static let longest = 1024
    /// Bytes that stay of a longer one, before `~` and the 64 digits of its hash.
    static let kept = longest - 65

    /// The name itself, or its readable start and a hash when it is too long.
    package static func shortened(_ name: String) -> String {
        guard name.utf8.count > longest else { return name }
        var start = Substring(name).unicodeScalars
        var excess = name.utf8.count - kept
        while excess > 0, let last = start.popLast() { excess -= UTF8.width(last) }
        return String(start) + "~" + SHA256.hexDigest(of: Array(name.utf8))
    }
}
