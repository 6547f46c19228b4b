extension RawJSON {
    /// Appends a string with its quotes so that equal texts have equal bytes: only what must be escaped is.
    ///
    /// - Parameters:
    ///   - string: the bytes of a checked string with its quotes.
    ///   - isEscaped: whether a backslash occurs in it; without one the bytes are canonical already.
    public static func appendCanonical(
        string: ArraySlice<UInt8>, isEscaped: Bool, to bytes: inout [UInt8]
    ) {
        guard isEscaped else { return bytes.append(contentsOf: string) }
        JSONText.appendCanonical(string, to: &bytes)
    }

    /// Appends a text as a string, in the same way.
    public static func appendCanonical(text: String, to bytes: inout [UInt8]) {
        JSONText.append(text, to: &bytes)
    }

    /// The text of a string whose bytes, quotes included, were checked before.
    public static func text(ofString string: ArraySlice<UInt8>) -> String {
        JSONText.decode(string.dropFirst().dropLast())
    }
}

extension JSONText {
    /// Copies what lies between escapes and writes each escape in the way of `append`.
    static func appendCanonical(_ string: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        let span = string.span
        let base = string.startIndex
        var kept = 0
        var index = 0
        while index < span.count {
            skipToBackslash(span, &index)
            bytes.append(contentsOf: string[(base + kept)..<(base + index)])
            guard index < span.count else { return }
            var place = base + index
            appendCanonicalEscape(string, &place, to: &bytes)
            index = place - base
            kept = index
        }
    }

    private static func appendCanonicalEscape(
        _ string: ArraySlice<UInt8>, _ index: inout Int, to bytes: inout [UInt8]
    ) {
        let start = bytes.count
        appendEscape(string, &index, to: &bytes)
        let character = bytes[start]
        guard isEscaped(character) else { return }
        bytes.removeLast()
        appendEscaped(character, to: &bytes)
    }

    @inline(__always)
    private static func skipToBackslash(_ bytes: Span<UInt8>, _ index: inout Int) {
        while let lanes = Lanes(bytes, at: index) {
            if let first = (lanes == Byte.backslash).first {
                index += first
                return
            }
            index += Lanes.width
        }
        while index < bytes.count, bytes[index] != Byte.backslash { index += 1 }
    }
}
