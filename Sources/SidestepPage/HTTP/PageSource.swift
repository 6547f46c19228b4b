/// A source of the page as a browser needs it.
enum PageSource {
    /// The text without lines that are comments alone, for whoever reads them has the source; comments that share a
    /// line with code stay.
    static func withoutComments(_ source: [UInt8]) -> [UInt8] {
        var isInBlock = false
        let lines = source.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return Array(lines.filter { isKept($0, &isInBlock) }.joined(separator: [UInt8(ascii: "\n")]))
    }

    /// A block begins a line, `/** …`, and ends one.
    private static func isKept(_ line: ArraySlice<UInt8>, _ isInBlock: inout Bool) -> Bool {
        let text = line.drop { $0 == UInt8(ascii: " ") }
        if isInBlock {
            isInBlock = place(of: "*/", in: text) == nil
            return false
        }
        if text.starts(with: "//".utf8) { return false }
        guard text.starts(with: "/**".utf8) else { return true }
        let end = place(of: "*/", in: text)
        isInBlock = end == nil
        return end.map { $0 + 2 < text.endIndex } ?? false
    }

    private static func place(of part: StaticString, in text: ArraySlice<UInt8>) -> Int? {
        part.withUTF8Buffer { part in
            text.indices.first { text[$0...].starts(with: part) }
        }
    }
}
