import SidestepProtocol

/// The methods of the protocol as Swift: a function and a type for the result of each, in files by family.
enum SwiftMethods {
    /// File names and texts.
    static var files: [(String, String)] {
        var files: [(String, String)] = []
        for family in Family.allCases {
            let methods = MethodTable.all.filter { $0.family == family }
            for (index, part) in parts(methods.map(text)).enumerated() {
                let number = index == 0 ? "" : "\(index + 1)"
                files.append(
                    ("Wire+\(SwiftNames.type(family.rawValue))\(number).swift", page("extension Wire", part)))
            }
        }
        for (index, part) in parts(SwiftTypes.shared).enumerated() {
            files.append(
                ("Wire+Objects\(index == 0 ? "" : "\(index + 1)").swift", page("extension Wire", part)))
        }
        return files + [("Wire+Results.swift", page("extension Wire", results))]
    }

    /// What fits into one file.
    private static func parts(_ texts: [String]) -> [[String]] {
        var parts: [[String]] = []
        var lines = 0
        for text in texts {
            // And the empty one behind it.
            let count = text.split(separator: "\n", omittingEmptySubsequences: false).count + 1
            if parts.isEmpty || lines + count > 290 {
                parts.append([])
                lines = 0
            }
            parts[parts.count - 1].append(text)
            lines += count
        }
        return parts
    }

    private static func page(_ scope: String, _ texts: [String]) -> String {
        """
        // swift-format-ignore-file
        // Generated from the method table by `make generate`; do not edit.
        import FoundationEssentials
        import SidestepProtocol

        \(scope) {
        \(texts.joined(separator: "\n\n"))
        }

        """
    }

    private static func text(_ method: Method) -> String {
        let name = SwiftNames.method(method.name)
        let result = "\(SwiftNames.type(method.name))Result"
        let declared = method.parameters.sorted { $0.required && !$1.required }
        var lines = SwiftNames.comment(method.summary, indent: 4)
        if !declared.isEmpty { lines.append("    ///"); lines.append("    /// - Parameters:") }
        for parameter in declared {
            let standard = parameter.standard.map { " Default: \($0.text)." } ?? ""
            lines += SwiftNames.comment(
                "  - \(SwiftNames.member(parameter)): \(parameter.summary).\(standard)", indent: 4)
        }
        lines.append("    @discardableResult")
        lines.append("    public func \(name)(")
        let given = declared.map { parameter in
            let type = SwiftTypes.name(parameter)
            return "        \(SwiftNames.member(parameter)): \(type)\(parameter.required ? "" : "? = nil")"
        }
        if !given.isEmpty { lines.append(given.joined(separator: ",\n")) }
        lines.append("    ) async throws -> \(result) {")
        // A second copy changes nothing where nothing is written, or the lease says whose it is.
        let mayResend = !method.waitsForCommit || method.access == .lease || method.isRepeatable
        // A parameter may be called as the function is.
        let call = method.parameters.contains { $0.name == "call" } ? "self.call" : "call"
        lines.append(
            "        try \(result)(try await \(call)(\"\(method.name)\", mayResend: \(mayResend)) { writer in"
        )
        lines += SwiftTypes.writing(method.parameters, indent: 12)
        if method.parameters.isEmpty { lines.append("            _ = writer") }
        lines.append("        })\n    }\n")
        lines += SwiftTypes.declaration(
            result, "What `\(method.name)` answers.", method.result, isParameter: false, indent: 4)
        return lines.joined(separator: "\n")
    }

    /// How the result of each method is read: for a test against the examples of the table.
    private static var results: [String] {
        let lines = MethodTable.all.map { method in
            "        \"\(method.name)\": { _ = try \(SwiftNames.type(method.name))Result($0) },"
        }
        return [
            """
                /// Reads the result of each method.
                static let results: [String: @Sendable (WireReader) throws -> Void] = [
            \(lines.joined(separator: "\n"))
                ]
            """
        ]
    }
}
