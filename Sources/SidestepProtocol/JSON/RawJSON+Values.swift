extension RawJSON {
    /// The text of a string, escapes resolved; nil for any other kind.
    public var string: String? {
        guard kind == .string else { return nil }
        return JSONText.decode(bytes.dropFirst().dropLast())
    }

    /// A number written without fraction and exponent that fits 64 bits; nil for any other value.
    public var integer: Int64? {
        guard kind == .number else { return nil }
        let isNegative = bytes.first == Byte.minus
        var result: Int64 = 0
        for byte in isNegative ? bytes.dropFirst() : bytes {
            guard byte >= Byte.zero && byte <= Byte.nine else { return nil }
            // Summed on the negative side, where the smallest Int64 has room.
            let (product, tooBig) = result.multipliedReportingOverflow(by: 10)
            let (sum, tooLow) = product.subtractingReportingOverflow(Int64(byte - Byte.zero))
            if tooBig || tooLow { return nil }
            result = sum
        }
        if isNegative { return result }
        return result == .min ? nil : -result
    }

    /// A number as the nearest double; nil for other kinds and for numbers beyond the range of doubles.
    public var double: Double? {
        guard kind == .number, let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// The truth value of `true` or `false`; nil for any other kind.
    public var bool: Bool? {
        kind == .bool ? bytes.first == UInt8(ascii: "t") : nil
    }

    /// Whether this is `null`.
    public var isNull: Bool { kind == .null }

    /// The members of an object in their order, duplicates included; empty for any other kind.
    public var members: [(key: String, value: RawJSON)] {
        guard kind == .object else { return [] }
        var result: [(key: String, value: RawJSON)] = []
        JSONWalk.members(of: bytes.span) { key, value in
            result.append((keyText(key), slice(value)))
            return true
        }
        return result
    }

    /// The elements of an array; empty for any other kind.
    public var elements: [RawJSON] {
        guard kind == .array else { return [] }
        var result: [RawJSON] = []
        JSONWalk.elements(of: bytes.span) { place in
            result.append(slice(place))
            return true
        }
        return result
    }

    /// The first member of an object with this name, or nil.
    public subscript(key: String) -> RawJSON? {
        guard kind == .object else { return nil }
        var found: RawJSON?
        JSONWalk.members(of: bytes.span) { name, value in
            guard keyText(name) == key else { return true }
            found = slice(value)
            return false
        }
        return found
    }

    /// Whether it is written in these bytes.
    func isWritten(_ text: StaticString) -> Bool {
        guard bytes.count == text.utf8CodeUnitCount else { return false }
        let span = bytes.span
        for index in span.indices where span[index] != text.utf8Start[index] { return false }
        return true
    }

    /// The part of this value at `range`, counted from its first byte.
    func slice(_ range: Range<Int>) -> RawJSON {
        RawJSON(
            validated: bytes[(bytes.startIndex + range.lowerBound)..<(bytes.startIndex + range.upperBound)])
    }

    func keyText(_ key: ScannedString) -> String {
        let contents = slice(key.range).bytes
        return key.isEscaped ? JSONText.decode(contents) : String(decoding: contents, as: UTF8.self)
    }
}
