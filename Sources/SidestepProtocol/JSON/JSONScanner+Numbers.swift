extension JSONScanner {
    /// Moves past a checked number: no plus sign, no leading zero, digits on both sides of a point.
    static func skipNumber(_ bytes: Span<UInt8>, _ index: inout Int) throws(JSONError) {
        if bytes[index] == Byte.minus { index += 1 }
        if index < bytes.count, bytes[index] == Byte.zero {
            index += 1
            if index < bytes.count, isDigit(bytes[index]) {
                throw JSONError(offset: index, reason: "a number starts with a needless zero")
            }
        } else {
            try skipDigits(bytes, &index)
        }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            try skipDigits(bytes, &index)
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == Byte.minus {
                index += 1
            }
            try skipDigits(bytes, &index)
        }
    }

    private static func skipDigits(_ bytes: Span<UInt8>, _ index: inout Int) throws(JSONError) {
        let start = index
        while index < bytes.count, isDigit(bytes[index]) { index += 1 }
        if index == start { throw JSONError(offset: index, reason: "a number lacks a digit") }
    }

    @inline(__always)
    private static func isDigit(_ byte: UInt8) -> Bool { byte >= Byte.zero && byte <= Byte.nine }
}
