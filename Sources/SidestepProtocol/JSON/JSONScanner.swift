/// The strict reader of JSON text: it says whether bytes are RFC 8259, and builds nothing.
///
/// It is iterative (a bit per open container instead of a call frame), so no nesting can overflow the stack.
/// Refused beyond plain syntax errors: a byte order mark, invalid UTF-8, a lone surrogate escape, nesting
/// over the limit.
public enum JSONScanner {
    /// Checks that `bytes` are one JSON value with nothing but white space around it.
    ///
    /// - Parameters:
    ///   - bytes: the text; offsets in errors count from its first byte.
    ///   - depth: levels of arrays and objects allowed.
    public static func validate(_ bytes: ArraySlice<UInt8>, depth: Int) throws(JSONError) {
        _ = try locateValue(bytes.span, depth: depth)
    }

    /// Checks the whole text and returns where its value lies, without the white space around it.
    static func locateValue(_ bytes: Span<UInt8>, depth: Int) throws(JSONError) -> Range<Int> {
        var index = 0
        skipSpace(bytes, &index)
        let start = index
        try skipValue(bytes, &index, depth: depth)
        let end = index
        try expectEnd(bytes, &index)
        return start..<end
    }

    /// Moves past white space and throws unless the text ends there.
    static func expectEnd(_ bytes: Span<UInt8>, _ index: inout Int) throws(JSONError) {
        skipSpace(bytes, &index)
        if index < bytes.count { throw JSONError(offset: index, reason: "there is text after the value") }
    }

    /// Moves past one checked value that starts at `index`, or after white space there.
    static func skipValue(_ bytes: Span<UInt8>, _ index: inout Int, depth: Int) throws(JSONError) {
        var open = BitStack()
        while true {
            skipSpace(bytes, &index)
            guard index < bytes.count else { throw JSONError(offset: index, reason: "a value is missing") }
            let byte = bytes[index]
            if byte == Byte.openBrace || byte == Byte.openBracket {
                guard open.count < depth else {
                    throw JSONError(offset: index, reason: "it is nested too deeply")
                }
                if try enter(bytes, &index, &open) { continue }
            } else {
                try skipScalar(bytes, &index)
            }
            if try !hasNext(bytes, &index, &open) { return }
        }
    }

    /// Steps into a container; false when it was empty and is already closed.
    private static func enter(
        _ bytes: Span<UInt8>, _ index: inout Int, _ open: inout BitStack
    ) throws(JSONError) -> Bool {
        let isObject = bytes[index] == Byte.openBrace
        index += 1
        skipSpace(bytes, &index)
        if index < bytes.count, bytes[index] == (isObject ? Byte.closeBrace : Byte.closeBracket) {
            index += 1
            return false
        }
        open.push(object: isObject)
        if isObject { try skipKey(bytes, &index) }
        return true
    }

    /// After a value: closes what ends here and moves past a comma; false when nothing is open any more.
    private static func hasNext(
        _ bytes: Span<UInt8>, _ index: inout Int, _ open: inout BitStack
    ) throws(JSONError) -> Bool {
        while !open.isEmpty {
            skipSpace(bytes, &index)
            guard index < bytes.count else {
                throw JSONError(offset: index, reason: "a container is not closed")
            }
            let byte = bytes[index]
            if byte == Byte.comma {
                index += 1
                if open.topIsObject { try skipKey(bytes, &index) }
                return true
            }
            guard byte == (open.topIsObject ? Byte.closeBrace : Byte.closeBracket) else {
                throw JSONError(offset: index, reason: "a comma or the closing bracket is missing")
            }
            index += 1
            open.pop()
        }
        return false
    }

    /// Moves past a member's name and its colon.
    private static func skipKey(_ bytes: Span<UInt8>, _ index: inout Int) throws(JSONError) {
        _ = try scanKey(bytes, &index)
    }

    /// Moves past a member's name and its colon, and returns where the name lies.
    static func scanKey(_ bytes: Span<UInt8>, _ index: inout Int) throws(JSONError) -> ScannedString {
        skipSpace(bytes, &index)
        guard index < bytes.count, bytes[index] == Byte.quote else {
            throw JSONError(offset: index, reason: "a member's name is missing")
        }
        let key = try scanString(bytes, &index)
        skipSpace(bytes, &index)
        guard index < bytes.count, bytes[index] == Byte.colon else {
            throw JSONError(offset: index, reason: "a colon is missing")
        }
        index += 1
        return key
    }

    private static func skipScalar(_ bytes: Span<UInt8>, _ index: inout Int) throws(JSONError) {
        switch bytes[index] {
        case Byte.quote: _ = try scanString(bytes, &index)
        case Byte.minus, Byte.zero...Byte.nine: try skipNumber(bytes, &index)
        case UInt8(ascii: "t"): try skipWord("true", bytes, &index)
        case UInt8(ascii: "f"): try skipWord("false", bytes, &index)
        case UInt8(ascii: "n"): try skipWord("null", bytes, &index)
        default: throw JSONError(offset: index, reason: "no value starts like this")
        }
    }

    private static func skipWord(
        _ word: StaticString, _ bytes: Span<UInt8>, _ index: inout Int
    ) throws(JSONError) {
        for position in 0..<word.utf8CodeUnitCount {
            guard index < bytes.count, bytes[index] == word.utf8Start[position] else {
                throw JSONError(offset: index, reason: "no value is spelled like this")
            }
            index += 1
        }
    }

    @inline(__always)
    static func skipSpace(_ bytes: Span<UInt8>, _ index: inout Int) {
        while index < bytes.count, Byte.isSpace(bytes[index]) { index += 1 }
    }
}
