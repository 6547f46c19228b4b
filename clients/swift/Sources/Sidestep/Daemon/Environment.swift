import SidestepLibC

/// The environment of a process as a value; an empty variable counts as unset.
package struct Environment: Sendable {
    package var variables: [String: String]

    package init(_ variables: [String: String]) { self.variables = variables }

    package subscript(name: String) -> String? {
        guard let value = variables[name], !value.isEmpty else { return nil }
        return value
    }

    /// What this process was given.
    package static var current: Environment {
        var found: [String: String] = [:]
        var entry = System.variables
        while let text = entry.pointee {
            let parts = parts(of: text)
            if parts.count == 2 { found[parts[0]] = parts[1] }
            entry += 1
        }
        return Environment(found)
    }

    /// Runs `body` with a NUL-ended array of `NAME=value` C strings, as execve(2) wants it.
    ///
    /// What is as it was given to us is handed on with its bytes: they need not be UTF-8.
    package func withCStrings<Result>(
        _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var rest = variables
        var kept: [UnsafeMutablePointer<CChar>?] = []
        var entry = System.variables
        while let text = entry.pointee {
            let parts = Self.parts(of: text)
            if parts.count == 2, rest[parts[0]] == parts[1] {
                rest[parts[0]] = nil
                kept.append(text)
            }
            entry += 1
        }
        let changed = rest.map { strdup("\($0.key)=\($0.value)") }
        defer { for text in changed { free(text) } }
        return (kept + changed + [nil]).withUnsafeBufferPointer { body($0.baseAddress!) }
    }

    private static func parts(of text: UnsafePointer<CChar>) -> [String] {
        String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
    }
}

/// Arrays of C strings for the exec family.
package enum CStrings {
    package static func with<Result>(
        _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        let vector: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) } + [nil]
        defer { vector.forEach { free($0) } }
        return vector.withUnsafeBufferPointer { body($0.baseAddress!) }
    }
}
