/// Gives every step of a run a name of its own: the second `fetch` becomes `fetch#2`.
///
/// All clients derive the same names, so that one may resume what another began. Occurrences are counted per
/// enclosing step, never over the whole run: a replayed step does not run its body, so a count over the run
/// would shift for everything after it.
package struct StepNames: Sendable {
    private var counts: [String: Int] = [:]
    private var taken: Set<String> = []
    /// The steps within which a name was given.
    private var scopes: Set<String> = []

    /// The name for a step called `name` within the step `scope` (nil at the top of the workflow), unnumbered.
    static func scoped(_ name: String, in scope: String?) -> String { scope.map { "\($0)/\(name)" } ?? name }

    /// The name of the call with this number: the first has none.
    static func numbered(_ base: String, _ number: Int) -> String {
        shortened(number == 1 ? base : "\(base)#\(number)")
    }

    /// The journal's name for the next step called `name` inside the step `scope`, by the order of the calls.
    ///
    /// - Parameter isKept: names that are for other calls.
    mutating func next(_ name: String, in scope: String?, unless isKept: (String) -> Bool = { _ in false })
        -> String
    {
        let base = Self.scoped(name, in: scope)
        while true {
            let count = counts[base, default: 0] + 1
            counts[base] = count
            let derived = Self.numbered(base, count)
            if !isKept(derived), take(derived, in: scope) { return derived }
        }
    }

    /// The name that the next call would have by the order of the calls.
    func expected(_ base: String) -> String { Self.numbered(base, counts[base, default: 0] + 1) }

    /// Goes on behind the expected name, which was given to a call.
    mutating func advance(_ base: String) { counts[base, default: 0] += 1 }

    /// Gives a name to a call, unless one has it.
    mutating func take(_ name: String, in scope: String?) -> Bool {
        if let scope { scopes.insert(scope) }
        return taken.insert(name).inserted
    }

    func isTaken(_ name: String) -> Bool { taken.contains(name) }

    /// Counts within the step `scope` from the start again, because its body is executed once more.
    ///
    /// - Returns: whether anything within it had a name.
    mutating func forget(within scope: String) -> Bool {
        guard scopes.contains(scope) else { return false }
        let prefix = scope + "/"
        counts = counts.filter { !$0.key.hasPrefix(prefix) }
        taken = taken.filter { !$0.hasPrefix(prefix) }
        scopes = scopes.filter { $0 != scope && !$0.hasPrefix(prefix) }
        return true
    }

    /// Starts counting again, because the workflow is executed again from its beginning.
    mutating func restart() { self = StepNames() }

    /// Bytes of a name: the daemon's limit `name_bytes`.
    package static let longest = 1024
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
