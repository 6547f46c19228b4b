import SidestepModel
import SidestepProtocol

/// The reference page of all methods, in Markdown.
enum MethodsPage {
    static var text: String {
        var page = """
            # Methods

            Generated from the method table by `make generate`; do not edit. How requests travel, what
            a lease is and what the objects mean is told in [the protocol](../protocol.md).

            """
        for family in Family.allCases {
            let methods = MethodTable.all.filter { $0.family == family }
            page += "\n## \(family.rawValue)\n\n"
            page += methods.map { "[`\($0.name)`](#\(anchor($0.name)))" }.joined(separator: " · ") + "\n"
            page += methods.map(section).joined()
        }
        return page
    }

    /// GitHub makes the anchor of a heading by dropping the points.
    private static func anchor(_ name: String) -> String { name.filter { $0 != "." } }

    private static func section(_ method: Method) -> String {
        var text = "\n### `\(method.name)`\n\n\(method.summary)\n\n"
        text += access(method) + "\n"
        text += table("Parameters", method.parameters)
        text += table("Result", method.result)
        let errors = method.errors.map { "[`\($0.rawValue)`](../errors/\($0.rawValue).md)" }
        text += "\nErrors: \(errors.joined(separator: ", ")).\n"
        return text + example(method)
    }

    private static func access(_ method: Method) -> String {
        let who =
            switch method.access {
            case .open: "Any peer may call it."
            case .visible: "Any peer that may see the run may call it."
            case .lease: "It acts for the run: it needs the lease."
            }
        let commit = method.waitsForCommit ? " The reply comes after the commit is on disk." : ""
        return who + commit + (method.mayWait ? " The reply may wait for something to happen." : "")
            + " Since \(method.since)."
    }

    private static func table(_ title: String, _ members: [Parameter]) -> String {
        guard !members.isEmpty else { return "" }
        let rows = members.map { member in
            let name = "`\(member.name)`" + (member.required ? "" : "?")
            let absent = member.standard.map { " (default: \($0.text))" } ?? ""
            return "| \(name) | \(word(member.type)) | \(member.summary)\(absent) |\n"
        }
        return "\n| \(title) | | |\n|---|---|---|\n" + rows.joined()
    }

    private static func word(_ type: ParameterType) -> String {
        switch type {
        case .string: "text"
        case .name: "name"
        case .label: "name without `/`"
        case .integer: "integer"
        case .boolean: "boolean"
        case .number, .numberIn: "number"
        case .payload: "any JSON"
        case .enumeration(let words): words.map { "`\($0)`" }.joined(separator: " ")
        case .strings(let limit, _): "array of names" + bound(limit)
        case .stringMap(let nullable, let limit):
            (nullable ? "object of texts or nulls" : "object of texts") + bound(limit)
        case .object(let members): "{" + members.map(\.name).joined(separator: ", ") + "}"
        case .open(let members, let others, let limit):
            "{" + (members.map(\.name) + ["…: \(word(others))"]).joined(separator: ", ") + "}" + bound(limit)
        case .shared(let name, _): name
        case .array(let element, let limit): "array of " + word(element) + bound(limit)
        }
    }

    private static func bound(_ limit: ElementLimit?) -> String {
        limit.map { ", at most [`\($0.rawValue)`](limits.md#elements)" } ?? ""
    }

    private static func example(_ method: Method) -> String {
        let params = method.example.params == "{}" ? "" : #","params":\#(method.example.params)"#
        return """

            ```json
            {"jsonrpc":"2.0","id":1,"method":"\(method.name)"\(params)}
            {"jsonrpc":"2.0","id":1,"result":\(method.example.result)}
            ```

            """
    }
}
