/// Where a string's contents lie, without the quotes.
struct ScannedString {
    let range: Range<Int>
    /// Whether a backslash occurs in it, so that its text differs from its bytes.
    let isEscaped: Bool
}

extension JSONScanner {
    /// Moves past a checked string whose opening quote is at `index`.
    static func scanString(_ bytes: Span<UInt8>, _ index: inout Int) throws(JSONError) -> ScannedString {
        index += 1
        let start = index
        var isEscaped = false
        while true {
            skipPlain(bytes, &index)
            guard index < bytes.count else {
                throw JSONError(offset: index, reason: "a string is not closed")
            }
            switch bytes[index] {
            case Byte.quote:
                index += 1
                return ScannedString(range: start..<(index - 1), isEscaped: isEscaped)
            case Byte.backslash:
                isEscaped = true
                try skipEscape(bytes, &index)
            case 0x80...: try skipMultibyte(bytes, &index)
            default: throw JSONError(offset: index, reason: "a control character stands in a string")
            }
        }
    }

    /// Moves to the first byte that is a quote, a backslash, a control character or not ASCII.
    @inline(__always)
    private static func skipPlain(_ bytes: Span<UInt8>, _ index: inout Int) {
        while let lanes = Lanes(bytes, at: index) {
            let ends = (lanes == Byte.quote) .| (lanes == Byte.backslash) .| (lanes .< Lanes(repeating: 0x20))
            if let first = ends.first {
                index += first
                return
            }
            index += Lanes.width
        }
        while index < bytes.count, isPlain(bytes[index]) { index += 1 }
    }

    @inline(__always)
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x80 && byte != Byte.quote && byte != Byte.backslash
    }

    private static func skipEscape(_ bytes: Span<UInt8>, _ index: inout Int) throws(JSONError) {
        let start = index
        guard index + 1 < bytes.count else {
            throw JSONError(offset: bytes.count, reason: "a string is not closed")
        }
        switch bytes[index + 1] {
        case Byte.quote, Byte.backslash, UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            index += 2
        case UInt8(ascii: "u"):
            let unit = try skipUnit(bytes, &index)
            if UTF16.isTrailSurrogate(unit) {
                throw JSONError(offset: start, reason: "a surrogate escape is alone")
            }
            guard UTF16.isLeadSurrogate(unit) else { return }
            guard index + 1 < bytes.count, bytes[index] == Byte.backslash,
                bytes[index + 1] == UInt8(ascii: "u"),
                UTF16.isTrailSurrogate(try skipUnit(bytes, &index))
            else { throw JSONError(offset: start, reason: "a surrogate escape is alone") }
        default: throw JSONError(offset: index, reason: "there is no such escape")
        }
    }

    /// Moves past `\uXXXX` and returns its code unit.
    private static func skipUnit(_ bytes: Span<UInt8>, _ index: inout Int) throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for position in (index + 2)..<(index + 6) {
            guard position < bytes.count, let digit = Byte.hexValue(bytes[position]) else {
                throw JSONError(offset: position, reason: "an escape needs four hexadecimal digits")
            }
            unit = unit << 4 | digit
        }
        index += 6
        return unit
    }

    /// Moves past one character of two to four bytes; the ranges are table 3-7 of the Unicode Standard.
    @inline(__always)
    private static func skipMultibyte(_ bytes: Span<UInt8>, _ index: inout Int) throws(JSONError) {
        let lead = bytes[index]
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw JSONError(offset: index, reason: "it is not UTF-8")
        }
        guard index + length <= bytes.count, second.contains(bytes[index + 1]) else {
            throw JSONError(offset: index, reason: "it is not UTF-8")
        }
        for position in (index + 2)..<(index + max(length, 2)) where bytes[position] & 0xC0 != 0x80 {
            throw JSONError(offset: index, reason: "it is not UTF-8")
        }
        index += length
    }
}
