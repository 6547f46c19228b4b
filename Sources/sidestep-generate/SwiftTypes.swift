import SidestepProtocol

/// Types of the protocol as Swift has them.
enum SwiftTypes {
    /// The types that the table names, each once.
    static var shared: [String] {
        SharedTypes.all.compactMap { name, type, isParameter in
            guard let members = members(of: type) else { return nil }
            let title = "The protocol's `\(name)`."
            return declaration(
                SwiftNames.type(name) + "Object", title, members, isParameter: isParameter, indent: 4
            ).joined(separator: "\n")
        }
    }

    /// Whether it is a span of time, which Swift has a type for.
    static func isSpan(_ parameter: Parameter) -> Bool {
        guard case .integer = parameter.type else { return false }
        return parameter.name.hasSuffix("_ms")
    }

    private static func isMoment(_ parameter: Parameter) -> Bool {
        guard case .integer = parameter.type else { return false }
        return parameter.name.hasSuffix("_at")
    }

    /// The type of a parameter or member, without its question mark.
    static func name(_ parameter: Parameter) -> String {
        if isSpan(parameter) { return "Duration" }
        return isMoment(parameter) ? "Date" : name(parameter.type)
    }

    private static func name(_ type: ParameterType) -> String {
        switch type {
        case .string, .name, .label, .enumeration: "String"
        case .integer: "Int"
        case .boolean: "Bool"
        case .number, .numberIn: "Double"
        case .payload, .object, .open: "RawJSON"
        case .strings: "[String]"
        case .stringMap(let nullable, _): nullable ? "[String: String?]" : "[String: String]"
        case .array(let element, _): "[\(name(element))]"
        case .shared(let shared, let inner):
            members(of: inner) == nil ? name(inner) : "Wire.\(SwiftNames.type(shared))Object"
        }
    }

    /// The members of a type that becomes a struct; nil for all others, and for an object with members of any name.
    private static func members(of type: ParameterType) -> [Parameter]? {
        if case .object(let members) = type { return members }
        return nil
    }

    /// Lines that write members.
    static func writing(_ members: [Parameter], indent: Int) -> [String] {
        members.map { member in
            let start = String(repeating: " ", count: indent)
            return "\(start)writer.wire(\"\(member.name)\", \(SwiftNames.member(member)))"
        }
    }

    /// A struct with these members.
    ///
    /// - Parameter isParameter: it is made by callers and written; every one is read.
    static func declaration(
        _ name: String, _ title: String, _ members: [Parameter], isParameter: Bool, indent: Int
    ) -> [String] {
        let protocols = isParameter ? "WireReadable, WireWritable" : "WireReadable"
        var lines = SwiftNames.comment(title, indent: 4)
        lines.append("    public struct \(name): \(protocols) {")
        for member in members {
            lines += SwiftNames.comment(sentence(member), indent: 8)
            lines.append(
                "        public var \(SwiftNames.member(member)): \(self.name(member))\(member.required ? "" : "?")"
            )
        }
        lines.append("")
        lines.append("        init(_ reader: WireReader) throws {")
        lines += members.map { member in
            let read = member.required ? "must" : "may"
            return "            \(SwiftNames.member(member)) = try reader.\(read)(\"\(member.name)\")"
        }
        if members.isEmpty { lines.append("            _ = reader") }
        lines.append("        }\n")
        lines.append("        init?(wire: RawJSON) throws {")
        lines.append("            guard wire.kind == .object else { return nil }")
        lines.append("            try self.init(WireReader(\"\(name)\", wire))")
        lines.append("        }")
        if isParameter { lines += making(members) }
        lines.append("    }")
        return lines
    }

    private static func making(_ members: [Parameter]) -> [String] {
        let ordered = members.sorted { $0.required && !$1.required }
        var lines = ["", "        /// What is left out is not said.", "        public init("]
        lines.append(
            ordered.map { member in
                "            \(SwiftNames.member(member)): \(name(member))\(member.required ? "" : "? = nil")"
            }.joined(separator: ",\n"))
        lines.append("        ) {")
        lines += members.map {
            "            self.\(SwiftNames.member($0)) = \(SwiftNames.member($0))"
        }
        lines.append("        }\n")
        lines.append("        var wire: RawJSON {\n            .object { writer in")
        lines += writing(members, indent: 16)
        lines.append("            }\n        }")
        return lines
    }

    private static func sentence(_ member: Parameter) -> String {
        let text = member.summary.isEmpty ? "The protocol's `\(member.name)`" : member.summary
        return text.prefix(1).uppercased() + text.dropFirst() + "."
    }
}
