import Glibc
import SidestepHTTPClient

/// Keys of the providers that the agent is not given: requests get them on their way.
package struct Credentials: Sendable {
    private var keys: [String: SecretBytes] = [:]

    package init() {}

    /// The upstreams that there is a key for.
    package var names: [String] { keys.keys.sorted() }

    package subscript(upstream: String) -> SecretBytes? { keys[upstream] }

    /// Bytes of a key's file.
    private static let longest = 64 << 10

    /// Takes the key of an upstream from a file, without the line break at its end; false when there is none.
    package mutating func read(_ upstream: String, from path: String) -> Bool {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        let key = SecretBytes(capacity: Self.longest)
        while key.count < Self.longest, key.fill(from: file) {}
        key.truncate(to: key.lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? 0)
        guard !key.isEmpty else { return false }
        keys[upstream] = key
        return true
    }

    /// Where clients put keys: whatever they put there is taken out.
    private static let headers: Set<String> = ["authorization", "x-api-key", "x-goog-api-key", "api-key"]

    static func without(_ headers: MessageHeaders.List) -> MessageHeaders.List {
        headers.filter { !Self.headers.contains($0.name.lowercased()) }
    }

    /// A path without the key that its query may have.
    static func without(target: String) -> String {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return target }
        let kept = parts[1].split(separator: "&").filter { !$0.hasPrefix("key=") }.joined(separator: "&")
        return kept.isEmpty ? String(parts[0]) : parts[0] + "?" + kept
    }

    /// The header with which a provider is shown a key.
    static func header(of upstream: String, _ key: SecretBytes) -> (name: String, value: SecretBytes) {
        switch upstream {
        case "anthropic": return ("x-api-key", key)
        case "gemini": return ("x-goog-api-key", key)
        default:
            let value = SecretBytes("Bearer ".utf8)
            value.append(key)
            return ("authorization", value)
        }
    }
}
