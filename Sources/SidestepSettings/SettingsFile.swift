/// A configuration file: lines of `name = value`; `#` begins a comment.
enum SettingsFile {
    /// The longest line and the largest file, bytes: what is longer is no configuration.
    static let lineBytes = 4096
    static let fileBytes = 1 << 20

    struct Entry {
        let setting: Setting
        let value: String
        let line: Int
    }

    static func entries(_ bytes: [UInt8], _ path: String) throws(Mistake) -> [Entry] {
        guard bytes.count <= fileBytes else { throw Mistake("\(path) has more than \(fileBytes) bytes.") }
        var entries: [Entry] = []
        var lines: [String: Int] = [:]
        for (index, line) in bytes.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
            guard let entry = try entry(line, "\(path), line \(index + 1)", index + 1) else { continue }
            if let first = lines.updateValue(index + 1, forKey: entry.setting.name) {
                throw Mistake(
                    "\(path), line \(index + 1): \(entry.setting.name) stands in line \(first) already; "
                        + "leave one of them."
                )
            }
            entries.append(entry)
        }
        return entries
    }

    /// nil for a line that says nothing.
    private static func entry(
        _ line: ArraySlice<UInt8>, _ place: String, _ number: Int
    ) throws(Mistake) -> Entry? {
        guard line.count <= lineBytes else {
            throw Mistake("\(place): it has \(line.count) bytes, and \(lineBytes) is the most.")
        }
        guard let text = String(validating: line, as: UTF8.self), !line.contains(0) else {
            throw Mistake("\(place): it is no text in UTF-8.")
        }
        let content = trimmed(text.prefix { $0 != "#" })
        if content.isEmpty { return nil }
        guard let equals = content.firstIndex(of: "=") else {
            throw Mistake("\(place): expected `name = value`, found `\(content)`.")
        }
        let name = trimmed(content[..<equals])
        guard let setting = SettingsTable.named(name) else {
            throw Mistake("\(place): there is no setting `\(name)`. Known: \(known).")
        }
        let value = trimmed(content[content.index(after: equals)...])
        return Entry(setting: setting, value: value, line: number)
    }

    private static var known: String { SettingsTable.all.map(\.name).sorted().joined(separator: ", ") }
}

func trimmed(_ text: some StringProtocol) -> String {
    let isSpace = { (character: Character) in
        character == " " || character == "\t" || character == "\r"
    }
    let start = text.drop(while: isSpace)
    return String(start.reversed().drop(while: isSpace).reversed())
}
