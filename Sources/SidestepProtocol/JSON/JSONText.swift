/// The text of JSON strings: escapes resolved on the way in, written on the way out.
enum JSONText {
    /// The text between the quotes of a checked string.
    static func decode(_ contents: ArraySlice<UInt8>) -> String {
        guard hasEscape(contents.span) else { return String(decoding: contents, as: UTF8.self) }
        var result: [UInt8] = []
        result.reserveCapacity(contents.count)
        var index = contents.startIndex
        while index < contents.endIndex {
            if contents[index] == Byte.backslash {
                appendEscape(contents, &index, to: &result)
            } else {
                result.append(contents[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    static func appendEscape(
        _ contents: ArraySlice<UInt8>, _ index: inout Int, to result: inout [UInt8]
    ) {
        let letter = contents[index + 1]
        guard letter == UInt8(ascii: "u") else {
            result.append(simpleEscape(letter))
            index += 2
            return
        }
        var scalar = UInt32(unit(contents, at: index + 2))
        index += 6
        if UTF16.isLeadSurrogate(UInt16(scalar)) {
            scalar = 0x10000 + (scalar - 0xD800) << 10 + (UInt32(unit(contents, at: index + 2)) - 0xDC00)
            index += 6
        }
        if scalar < 0x80 {
            result.append(UInt8(scalar))
        } else if let character = Unicode.Scalar(scalar) {
            result.append(contentsOf: UTF8.encode(character)!)
        }
    }

    private static func simpleEscape(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: letter
        }
    }

    private static func unit(_ contents: ArraySlice<UInt8>, at index: Int) -> UInt16 {
        digit(contents[index]) << 12 | digit(contents[index + 1]) << 8
            | digit(contents[index + 2]) << 4 | digit(contents[index + 3])
    }

    /// Of a string that was checked.
    private static func digit(_ byte: UInt8) -> UInt16 { Byte.hexValue(byte) ?? 0 }

    /// Appends a quoted string; only what must be escaped is.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        var text = text
        bytes.append(Byte.quote)
        text.withUTF8 { utf8 in
            var index = 0
            while index < utf8.count {
                // A run of what has to be escaped is gone through byte by byte: a look at many at once finds the first.
                if isEscaped(utf8[index]) {
                    appendEscaped(utf8[index], to: &bytes)
                    index += 1
                    continue
                }
                let start = index
                skipPlain(utf8.span, &index)
                bytes.append(contentsOf: utf8[start..<index])
            }
        }
        bytes.append(Byte.quote)
    }

    /// Moves to the next byte that has to be escaped.
    @inline(__always)
    private static func skipPlain(_ bytes: Span<UInt8>, _ index: inout Int) {
        while let lanes = Lanes(bytes, at: index) {
            let controls = (lanes .< Lanes(repeating: 0x20)) .& (lanes .>= Lanes(repeating: 0))
            if let first = ((lanes == Byte.quote) .| (lanes == Byte.backslash) .| controls).first {
                index += first
                return
            }
            index += Lanes.width
        }
        while index < bytes.count, !isEscaped(bytes[index]) { index += 1 }
    }

    static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == Byte.quote || byte == Byte.backslash
    }

    private static func hasEscape(_ bytes: Span<UInt8>) -> Bool {
        var index = 0
        while let lanes = Lanes(bytes, at: index) {
            if (lanes == Byte.backslash).first != nil { return true }
            index += Lanes.width
        }
        while index < bytes.count {
            if bytes[index] == Byte.backslash { return true }
            index += 1
        }
        return false
    }

    static func appendEscaped(_ byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(Byte.backslash)
        switch byte {
        case Byte.quote, Byte.backslash: bytes.append(byte)
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        default:
            bytes.append(UInt8(ascii: "u"))
            bytes.append(Byte.zero)
            bytes.append(Byte.zero)
            bytes.append(byte >= 16 ? UInt8(ascii: "1") : UInt8(ascii: "0"))
            bytes.append(hexDigit(byte & 15))
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? Byte.zero + value : UInt8(ascii: "a") + value - 10
    }
}
