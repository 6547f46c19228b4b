/// How a tree is written down: a line for each entry, so that people can read and compare it.
///
///     sidestep workspace 1
///     d 755 1764460800000000000 src
///     f 644 1764460800000000000 12 9f86d0… src/main.py
///     l 0 1764460800000000000 main.py src/link
///     h 0 0 src/main.py src/other
///     end 4
///
/// Bytes of names beyond printable ASCII, and space and `%`, are written as `%` and two digits. The last line tells a
/// whole text from half of one.
public enum TreeText {
    static let head = "sidestep workspace 1"

    /// Writes a tree.
    public static func write(_ tree: Tree) -> String {
        var text = head + "\n"
        for entry in tree.entries { text += line(entry) + "\n" }
        return text + "end \(tree.entries.count)\n"
    }

    /// Reads a tree; nil where the text is not whole, or not of this version.
    public static func read(_ text: String) -> Tree? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
        guard lines.count >= 2, lines[0] == head, lines.last! == "end \(lines.count - 2)" else { return nil }
        var entries: [Entry] = []
        for line in lines.dropFirst().dropLast() {
            guard let entry = entry(line) else { return nil }
            entries.append(entry)
        }
        return Tree(entries)
    }

    /// The contents that a tree needs, without making one of all of its text; nil where that is not whole.
    static func hashes(in text: [UInt8]) -> Set<String>? {
        let lines = text.split(separator: UInt8(ascii: "\n"))
        guard lines.count >= 2, lines[0].elementsEqual(head.utf8),
            lines.last!.elementsEqual("end \(lines.count - 2)".utf8)
        else { return nil }
        var hashes: Set<String> = []
        for line in lines.dropFirst().dropLast() where line.first == UInt8(ascii: "f") {
            let parts = line.split(separator: UInt8(ascii: " "))
            guard parts.count == 6, parts[4].count == 64 else { return nil }
            hashes.insert(String(decoding: parts[4], as: UTF8.self))
        }
        return hashes
    }

    private static func line(_ entry: Entry) -> String {
        let rights = String(entry.mode, radix: 8)
        let path = escaped(entry.path)
        switch entry.kind {
        case .directory: return "d \(rights) \(entry.modified) \(path)"
        case .file(let size, let hash): return "f \(rights) \(entry.modified) \(size) \(hash) \(path)"
        case .link(let target): return "l 0 \(entry.modified) \(escaped(target)) \(path)"
        case .sameFile(let other): return "h 0 0 \(escaped(other)) \(path)"
        }
    }

    private static func entry(_ line: Substring) -> Entry? {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count >= 4, let mode = UInt32(parts[1], radix: 8), let modified = Int64(parts[2]),
            let path = unescaped(parts.last!)
        else { return nil }
        let kind: Entry.Kind
        switch (parts[0], parts.count) {
        case ("d", 4): kind = .directory
        case ("f", 6):
            guard let size = Int64(parts[3]), parts[4].utf8.count == 64 else { return nil }
            kind = .file(size: size, hash: String(parts[4]))
        case ("l", 5):
            guard let target = unescaped(parts[3]) else { return nil }
            kind = .link(target: target)
        case ("h", 5):
            guard let other = unescaped(parts[3]) else { return nil }
            kind = .sameFile(as: other)
        default: return nil
        }
        return Entry(path, kind, mode: mode, modified: modified)
    }

    /// A path as it stands in a line; also how it is shown to people.
    public static func escaped(_ path: TreePath) -> String {
        var text = ""
        for byte in path {
            if byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "%") {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        // The root has no name of its own.
        return text.isEmpty ? "." : text
    }

    private static func unescaped(_ text: Substring) -> TreePath? {
        if text == "." { return [] }
        var bytes: TreePath = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return bytes
    }
}
