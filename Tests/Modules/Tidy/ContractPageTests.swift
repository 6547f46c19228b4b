import SidestepProtocol
import Testing

/// docs/reference/semantics.md is written by hand and the method table by hand: they must say the same.
@Suite("The page of what each method does")
struct ContractPageTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let method: String
        let needsLease: Bool
        /// Names with whether they must be given; nil where the page refers to another row.
        let parameters: [String: Bool]?

        var testDescription: String { method }
    }

    @Test("describes every method of the table, and no other")
    func complete() {
        #expect(Self.rows.map(\.method).sorted() == MethodTable.all.map(\.name).sorted())
    }

    @Test("gives each method the parameters that the table has", arguments: rows)
    func parameters(row: Row) throws {
        let method = try #require(MethodTable.named(row.method))
        #expect(row.needsLease == (method.access == .lease))
        guard let written = row.parameters else { return }
        var known: [String: Bool] = [:]
        for parameter in method.parameters { known[parameter.name] = parameter.required }
        // Every lease method takes these two; the page says so once. `all` stands beside the result.
        for name in ["run", "lease"] where row.needsLease && written[name] == nil { known[name] = nil }
        if row.method == "step.inflight" { known["all"] = nil }
        #expect(written == known)
    }

    static let rows: [Row] = {
        let page = Tree.files.first { $0.path == "docs/reference/semantics.md" }?.lines ?? []
        let start = page.firstIndex(of: "## Methods") ?? page.endIndex
        return page[start...].filter { $0.hasPrefix("| `") }.map(row)
    }()

    private static func row(_ line: String) -> Row {
        // A bar inside a cell is written `\|`.
        let cells = line.replacing("\\|", with: "/").split(separator: "|", omittingEmptySubsequences: false)
        let head = cells[1].split(separator: "`")
        return Row(
            method: String(head[1]), needsLease: head.last?.contains("L") == true,
            parameters: parameters(String(cells[2])))
    }

    private static func parameters(_ cell: String) -> [String: Bool]? {
        if cell.allSatisfy({ $0 == " " }) { return [:] }
        guard cell.hasPrefix(" `"), let end = cell.dropFirst(2).firstIndex(of: "`") else { return nil }
        var names: [String: Bool] = [:]
        for part in topLevel(cell[cell.index(cell.startIndex, offsetBy: 2)..<end]) {
            let name = part.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            names[String(name)] = part.dropFirst(name.count).first != "?"
        }
        return names
    }

    /// The parts between commas that stand in no bracket.
    private static func topLevel(_ text: Substring) -> [String] {
        var parts = [""]
        var depth = 0
        for character in text {
            if "{[".contains(character) { depth += 1 }
            if "}]".contains(character) { depth -= 1 }
            if character == "," && depth == 0 {
                parts.append("")
            } else if character != " " {
                parts[parts.count - 1].append(character)
            }
        }
        return parts
    }
}
