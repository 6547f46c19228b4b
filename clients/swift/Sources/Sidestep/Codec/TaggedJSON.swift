import SidestepProtocol

/// Values that JSON has no form for, as other clients write them: objects with the member `$sidestep`
/// (docs/protocol.md#values). They are read as what Swift's types read from JSON.
enum TaggedJSON {
    static let tag = "$sidestep"

    /// Whether an object with a tag may stand somewhere in it.
    static func mayHold(_ json: RawJSON) -> Bool {
        let mark = tag.utf8.first!
        return json.bytes.contains(mark) && json.bytes.containsSequence(tag.utf8)
    }

    /// The same value without tags: a text for a moment or an id, a number for a decimal, an array for a tuple or a
    /// set.
    ///
    /// - Throws: `SidestepError` for a tag that this client does not know.
    static func untagged(_ json: RawJSON) throws(SidestepError) -> RawJSON {
        var writer = JSONWriter(capacity: json.bytes.count)
        try write(json, to: &writer)
        return RawJSON(validated: writer.bytes[...])
    }

    private static func write(_ json: RawJSON, to writer: inout JSONWriter) throws(SidestepError) {
        switch json.kind {
        case .array: try write(json.elements, to: &writer)
        case .object:
            if let name = json[tag] { return try write(json["value"] ?? .null, of: name, to: &writer) }
            writer.beginObject()
            for (name, value) in json.members {
                writer.key(name)
                try write(value, to: &writer)
            }
            writer.endObject()
        default: writer.raw(json)
        }
    }

    private static func write(_ elements: [RawJSON], to writer: inout JSONWriter) throws(SidestepError) {
        writer.beginArray()
        for element in elements { try write(element, to: &writer) }
        writer.endArray()
    }

    private static func write(
        _ value: RawJSON, of name: RawJSON, to writer: inout JSONWriter
    ) throws(SidestepError) {
        switch name.string {
        case "datetime": writer.value(withoutZone(value.string ?? ""))
        case "date", "time", "uuid", "path", "bytes": writer.raw(value)
        case "decimal": writer.raw(number(value) ?? value)
        case "timedelta":
            guard let span = value.string.flatMap({ Duration(taggedText: $0) }) else {
                return writer.raw(value)
            }
            writer.raw(span.codableJSON)
        case "tuple", "set", "frozenset", "enum", "object": try write(value, to: &writer)
        case "dict": try write(pairs: value.elements.map(\.elements), to: &writer)
        default:
            throw SidestepError(
                .unexpectedReply, "it has the tag \(name.text), which this client does not know",
                hint: "declare the type where it is written, or read it as RawJSON")
        }
    }

    /// The name of the zone may follow, as in RFC 9557; the offset says when it is.
    private static func withoutZone(_ text: String) -> String { String(text.prefix { $0 != "[" }) }

    private static func number(_ value: RawJSON) -> RawJSON? {
        guard let text = value.string, let json = try? RawJSON(parsing: Array(text.utf8)) else { return nil }
        return json.kind == .number ? json : nil
    }

    /// A dictionary as Codable has it: an object where the keys are texts or whole numbers, else keys and values in
    /// turn.
    private static func write(pairs: [[RawJSON]], to writer: inout JSONWriter) throws(SidestepError) {
        let pairs = pairs.filter { $0.count == 2 }
        let names = pairs.compactMap { $0[0].string ?? $0[0].integer.map(String.init) }
        guard names.count == pairs.count else { return try write(pairs.flatMap(\.self), to: &writer) }
        writer.beginObject()
        for (name, pair) in zip(names, pairs) {
            writer.key(name)
            try write(pair[1], to: &writer)
        }
        writer.endObject()
    }
}

extension ArraySlice<UInt8> {
    fileprivate func containsSequence(_ text: String.UTF8View) -> Bool {
        let text = Array(text)
        guard count >= text.count else { return false }
        return indices.dropLast(text.count - 1).contains { index in
            self[index] == text[0] && self[index..<(index + text.count)].elementsEqual(text)
        }
    }
}
