import SidestepProtocol

/// JSON in short lines, so that a difference shows what changed.
enum PrettyJSON {
    static func text(of value: RawJSON) -> String {
        var lines = ""
        write(value, indent: "", to: &lines)
        return lines + "\n"
    }

    private static func write(_ value: RawJSON, indent: String, to text: inout String) {
        let inner = indent + "  "
        if indent.count + value.compact.bytes.count <= 110 {
            text += value.compact.text
            return
        }
        switch value.kind {
        case .object where !value.members.isEmpty:
            list(value.members, "{", "}", indent, &text) { member, text in
                text += RawJSON.string(member.key).text + ": "
                write(member.value, indent: inner, to: &text)
            }
        case .array where value.elements.contains { $0.kind == .object || $0.kind == .array }:
            list(value.elements, "[", "]", indent, &text) { write($0, indent: inner, to: &$1) }
        default: text += value.compact.text
        }
    }

    private static func list<Part>(
        _ parts: [Part], _ open: String, _ close: String, _ indent: String, _ text: inout String,
        _ write: (Part, inout String) -> Void
    ) {
        text += open
        for (index, part) in parts.enumerated() {
            text += (index == 0 ? "\n" : ",\n") + indent + "  "
            write(part, &text)
        }
        text += "\n" + indent + close
    }
}
