/// The text of JSON strings: escapes resolved on the way in, written on the way out.
enum JSONText {
    /// The text between the quotes of a checked string.
    static func decode(_ contents: ArraySlice<UInt8>) -> String {
        guard contents.contains(Byte.backslash) else { return String(decoding: contents, as: UTF8.self) }
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

    private static func appendEscape(
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
        if let character = Unicode.Scalar(scalar) { result += UTF8.encode(character).map(Array.init) ?? [] }
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
        contents[index..<(index + 4)].reduce(0) { $0 << 4 | (Byte.hexValue($1) ?? 0) }
    }

    /// Appends a quoted string; only what must be escaped is.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        var text = text
        bytes.append(Byte.quote)
        text.withUTF8 { utf8 in
            var kept = 0
            for index in utf8.indices where utf8[index] < 0x20 || utf8[index] == 0x22 || utf8[index] == 0x5C {
                bytes.append(contentsOf: utf8[kept..<index])
                appendEscaped(utf8[index], to: &bytes)
                kept = index + 1
            }
            bytes.append(contentsOf: utf8[kept...])
        }
        bytes.append(Byte.quote)
    }

    private static func appendEscaped(_ byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(Byte.backslash)
        switch byte {
        case Byte.quote, Byte.backslash: bytes.append(byte)
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        default:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(byte >= 16 ? UInt8(ascii: "1") : UInt8(ascii: "0"))
            bytes.append(hexDigit(byte & 15))
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? Byte.zero + value : UInt8(ascii: "a") + value - 10
    }
}
