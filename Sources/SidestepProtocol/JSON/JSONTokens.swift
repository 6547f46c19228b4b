/// One piece of a JSON text: a bracket, a member's name or a value that is no container.
public struct JSONToken: Sendable, Equatable {
    /// What a token is.
    public enum Kind: Sendable, Equatable {
        case beginObject, endObject, beginArray, endArray, name, string, number, word
    }

    /// What it is.
    public let kind: Kind
    /// Where it lies in the array that the text is part of, quotes included.
    public let range: Range<Int>
    /// Whether a backslash occurs in a name or string, so that its text differs from its bytes.
    public let isEscaped: Bool
}

extension RawJSON {
    /// Calls `body` with each token in order, without a call frame for nested values; commas and colons are
    /// left out.
    public func forEachToken(_ body: (JSONToken) -> Void) {
        let text = bytes.span
        let base = bytes.startIndex
        var open = BitStack()
        var index = 0
        while index < text.count {
            let start = index
            let kind = Self.skipToken(text, &index, &open)
            guard let kind else { continue }
            let isEscaped = kind.isEscaped && (kind.kind == .name || kind.kind == .string)
            body(JSONToken(kind: kind.kind, range: (base + start)..<(base + index), isEscaped: isEscaped))
        }
    }

    /// Moves past one token; nil for what stands between tokens.
    @inline(__always)
    private static func skipToken(
        _ text: Span<UInt8>, _ index: inout Int, _ open: inout BitStack
    ) -> (kind: JSONToken.Kind, isEscaped: Bool)? {
        switch text[index] {
        case Byte.quote:
            let isEscaped = JSONWalk.skipString(text, &index).isEscaped
            return (isName(text, index, open) ? .name : .string, isEscaped)
        case Byte.openBrace, Byte.openBracket:
            let isObject = text[index] == Byte.openBrace
            open.push(object: isObject)
            index += 1
            return (isObject ? .beginObject : .beginArray, false)
        case Byte.closeBrace, Byte.closeBracket:
            open.pop()
            index += 1
            return (text[index - 1] == Byte.closeBrace ? .endObject : .endArray, false)
        case Byte.comma, Byte.colon:
            index += 1
            return nil
        case let byte where Byte.isSpace(byte):
            JSONScanner.skipSpace(text, &index)
            return nil
        case let byte:
            JSONWalk.skipValue(text, &index)
            return (byte >= UInt8(ascii: "a") ? .word : .number, false)
        }
    }

    /// Whether the string before `index` is a member's name: a colon comes next.
    @inline(__always)
    private static func isName(_ text: Span<UInt8>, _ index: Int, _ open: BitStack) -> Bool {
        guard !open.isEmpty, open.topIsObject else { return false }
        var next = index
        JSONScanner.skipSpace(text, &next)
        return text[next] == Byte.colon
    }
}
