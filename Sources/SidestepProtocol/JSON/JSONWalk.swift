/// Walks through text that was checked before, so it skips what it does not need without looking at it
/// closely.
///
/// Every read is still bounds checked: a caller that breaks the promise gets a trap, not foreign memory.
enum JSONWalk {
    /// Calls `body` with the name and the value's place of each member of an object, in order, until it
    /// returns false.
    ///
    /// Ranges count from the first byte of `bytes`.
    @inline(__always)
    static func members<Failure: Error>(
        of bytes: Span<UInt8>, _ body: (ScannedString, Range<Int>) throws(Failure) -> Bool
    ) throws(Failure) {
        var index = 1
        while true {
            skipSeparators(bytes, &index)
            guard bytes[index] == Byte.quote else { return }
            let key = skipString(bytes, &index)
            skipSeparators(bytes, &index)
            let start = index
            skipValue(bytes, &index)
            if try !body(key, start..<index) { return }
        }
    }

    /// Calls `body` with the place of each element of an array, in order, until it returns false.
    @inline(__always)
    static func elements<Failure: Error>(
        of bytes: Span<UInt8>, _ body: (Range<Int>) throws(Failure) -> Bool
    ) throws(Failure) {
        var index = 1
        while true {
            skipSeparators(bytes, &index)
            guard bytes[index] != Byte.closeBracket else { return }
            let start = index
            skipValue(bytes, &index)
            if try !body(start..<index) { return }
        }
    }

    /// Moves past white space, commas and colons: in checked text only one of each can come.
    @inline(__always)
    private static func skipSeparators(_ bytes: Span<UInt8>, _ index: inout Int) {
        while Byte.isSpace(bytes[index]) || bytes[index] == Byte.comma || bytes[index] == Byte.colon {
            index += 1
        }
    }

    static func skipValue(_ bytes: Span<UInt8>, _ index: inout Int) {
        switch bytes[index] {
        case Byte.quote: _ = skipString(bytes, &index)
        case Byte.openBrace, Byte.openBracket: skipContainer(bytes, &index)
        default: while index < bytes.count, !endsScalar(bytes[index]) { index += 1 }
        }
    }

    private static func endsScalar(_ byte: UInt8) -> Bool {
        byte == Byte.comma || byte == Byte.closeBrace || byte == Byte.closeBracket || Byte.isSpace(byte)
    }

    private static func skipContainer(_ bytes: Span<UInt8>, _ index: inout Int) {
        var depth = 0
        repeat {
            switch bytes[index] {
            case Byte.quote:
                _ = skipString(bytes, &index)
                continue
            case Byte.openBrace, Byte.openBracket: depth += 1
            case Byte.closeBrace, Byte.closeBracket: depth -= 1
            default: break
            }
            index += 1
        } while depth > 0
    }

    /// Moves past a string whose opening quote is at `index`.
    static func skipString(_ bytes: Span<UInt8>, _ index: inout Int) -> ScannedString {
        index += 1
        let start = index
        var isEscaped = false
        while true {
            skipToQuoteOrBackslash(bytes, &index)
            if bytes[index] == Byte.quote { break }
            isEscaped = true
            index += 2
        }
        index += 1
        return ScannedString(range: start..<(index - 1), isEscaped: isEscaped)
    }

    /// Moves to the next quote or backslash.
    @inline(__always)
    private static func skipToQuoteOrBackslash(_ bytes: Span<UInt8>, _ index: inout Int) {
        while let lanes = Lanes(bytes, at: index) {
            if let first = ((lanes == Byte.quote) .| (lanes == Byte.backslash)).first {
                index += first
                return
            }
            index += Lanes.width
        }
        while bytes[index] != Byte.quote && bytes[index] != Byte.backslash { index += 1 }
    }
}
