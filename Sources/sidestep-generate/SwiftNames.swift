import SidestepProtocol

/// Names of the protocol as Swift has them.
enum SwiftNames {
    private static let keywords: Set<String> = [
        "as", "case", "catch", "class", "default", "do", "else", "enum", "extension", "false", "for", "func",
        "if",
        "import", "in", "init", "internal", "is", "let", "operator", "private", "protocol", "public",
        "repeat",
        "return", "self", "static", "struct", "switch", "throw", "throws", "true", "try", "var", "where",
        "while",
    ]

    /// `step_in_flight`, `run.list`: `StepInFlight`, `RunList`.
    static func type(_ name: String) -> String {
        words(name).map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    /// `run.list`, `run-step`: `runList`, `runStep`.
    static func method(_ name: String) -> String { escaped(lowered(type(name))) }

    /// `created_at`, `wait_ms`: `createdAt`, `wait`.
    static func member(_ parameter: Parameter) -> String {
        let name = SwiftTypes.isSpan(parameter) ? String(parameter.name.dropLast(3)) : parameter.name
        return escaped(lowered(type(name)))
    }

    private static func words(_ name: String) -> [Substring] {
        name.split { $0 == "_" || $0 == "." || $0 == "-" }
    }

    private static func lowered(_ name: String) -> String { name.prefix(1).lowercased() + name.dropFirst() }
    private static func escaped(_ name: String) -> String { keywords.contains(name) ? "`\(name)`" : name }

    /// A comment in lines of at most 110 columns.
    static func comment(_ text: String, indent: Int) -> [String] {
        let start = String(repeating: " ", count: indent) + "///"
        var lines: [String] = []
        var line = start
        // What stands in front of the first word stays there.
        let lead = text.prefix { $0 == " " }
        for (index, word) in text.dropFirst(lead.count).split(separator: " ").enumerated() {
            if line.count + word.count + 1 > 110 {
                lines.append(line)
                line = start + lead
            }
            line += (index == 0 ? lead : "") + " " + word
        }
        return lines + [line]
    }
}
