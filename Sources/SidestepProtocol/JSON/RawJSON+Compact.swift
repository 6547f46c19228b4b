extension RawJSON {
    /// The same value without white space outside strings; the value itself when there is none.
    public var compact: RawJSON {
        guard kind == .object || kind == .array else { return self }
        let text = bytes.span
        var result: [UInt8] = []
        var kept = 0
        var index = 0
        while index < text.count {
            if text[index] == Byte.quote {
                _ = JSONWalk.skipString(text, &index)
            } else if Byte.isSpace(text[index]) {
                if result.isEmpty { result.reserveCapacity(bytes.count) }
                result += slice(kept..<index).bytes
                JSONScanner.skipSpace(text, &index)
                kept = index
            } else {
                index += 1
            }
        }
        if kept == 0 { return self }
        result += slice(kept..<index).bytes
        return RawJSON(validated: result[...])
    }
}
