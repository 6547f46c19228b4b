import ArgumentParser
import Sidestep
import SidestepProtocol

/// A column of a list: its title, and what it shows of an element.
struct Column {
    let title: String
    let cell: (RawJSON) -> String

    init(_ title: String, _ cell: @escaping (RawJSON) -> String) {
        self.title = title
        self.cell = cell
    }

    /// A text.
    static func text(_ title: String, _ member: String) -> Column {
        Column(title) { $0[member]?.string ?? "" }
    }

    static func number(_ title: String, _ member: String) -> Column {
        Column(title) { $0[member]?.int.map(String.init) ?? "" }
    }

    /// How long ago something was.
    static func ago(_ title: String, _ member: String) -> Column {
        Column(title) { $0[member]?.int.map { RelativeTime.ago($0) } ?? "" }
    }

    /// How long it is until something.
    static func until(_ title: String, _ member: String) -> Column {
        Column(title) { $0[member]?.int.map { RelativeTime.to($0) } ?? "" }
    }

    /// Texts, one after the other.
    static func words(_ title: String, _ member: String) -> Column {
        Column(title) { ($0[member]?.elements.compactMap(\.string) ?? []).joined(separator: " ") }
    }

    /// A word where something holds.
    static func flag(_ title: String, _ member: String, _ word: String) -> Column {
        Column(title) { $0[member]?.bool == true ? word : "" }
    }
}

extension Common {
    /// Prints what a method lists as a table, or the sentence when that is nothing.
    func list(
        _ method: String, _ member: String, _ columns: [Column], orWhenEmpty sentence: String,
        _ write: (inout JSONWriter) -> Void = { _ in }
    ) throws {
        guard let result = try show(method, write) else { return }
        let elements = result[member]?.elements ?? []
        var columns = columns
        if UserName.areOthers(in: elements) { columns.insert(.user, at: 1) }
        var table = Table(columns.map(\.title))
        for element in elements { table.add(columns.map { $0.cell(element) }) }
        table.print(orWhenEmpty: sentence)
    }

    /// Deletes something by its name, and says so; exit status 1 when there was none.
    func delete(_ kind: String, _ name: String) throws {
        guard let result = try show("\(kind).delete", { $0.member(kind, name) }) else { return }
        guard result["deleted"]?.bool == true else {
            Output.complain("there is no \(kind) \(name)")
            throw ExitCode(1)
        }
        Output.complain("\(kind) \(name) deleted")
    }
}
