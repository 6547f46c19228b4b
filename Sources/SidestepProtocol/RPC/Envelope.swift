/// Where the fields of one JSON-RPC object lie in its line, found in a single pass that also checks the whole
/// object.
struct Envelope {
    /// The members that mean something; all others are checked as JSON and ignored.
    enum Field: String, CaseIterable {
        case jsonrpc, id, method, params, result, error

        /// Each name as one number: they have eight bytes at most.
        static let names = [params, method, id, jsonrpc, result, error].map { field in
            (field: field, name: field.rawValue.utf8.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        }
    }

    private(set) var jsonrpc: Range<Int>?
    private(set) var id: Range<Int>?
    private(set) var method: Range<Int>?
    private(set) var params: Range<Int>?
    private(set) var result: Range<Int>?
    private(set) var error: Range<Int>?
    /// A field that came twice: two readers could disagree on what such a request says.
    private(set) var repeated: Field?

    /// Scans the object whose brace is at `index` and moves past it.
    static func scan(_ bytes: Span<UInt8>, _ index: inout Int, depth: Int) throws(JSONError) -> Envelope {
        var envelope = Envelope()
        index += 1
        JSONScanner.skipSpace(bytes, &index)
        if index < bytes.count, bytes[index] == Byte.closeBrace {
            index += 1
            return envelope
        }
        repeat {
            let key = try JSONScanner.scanKey(bytes, &index)
            JSONScanner.skipSpace(bytes, &index)
            let start = index
            try JSONScanner.skipValue(bytes, &index, depth: depth - 1)
            if let field = field(bytes, key) { envelope.note(field, start..<index) }
        } while try hasNext(bytes, &index)
        return envelope
    }

    private static func hasNext(_ bytes: Span<UInt8>, _ index: inout Int) throws(JSONError) -> Bool {
        JSONScanner.skipSpace(bytes, &index)
        guard index < bytes.count else { throw JSONError(offset: index, reason: "a container is not closed") }
        let byte = bytes[index]
        guard byte == Byte.comma || byte == Byte.closeBrace else {
            throw JSONError(offset: index, reason: "a comma or the closing bracket is missing")
        }
        index += 1
        return byte == Byte.comma
    }

    private static func field(_ bytes: Span<UInt8>, _ key: ScannedString) -> Field? {
        if key.isEscaped { return escapedField(bytes, key) }
        guard key.range.count <= 8 else { return nil }
        var word: UInt64 = 0
        for index in key.range { word = word << 8 | UInt64(bytes[index]) }
        return Field.names.first { $0.name == word }?.field
    }

    /// A name written with escapes is the same name.
    private static func escapedField(_ bytes: Span<UInt8>, _ key: ScannedString) -> Field? {
        let contents = key.range.map { bytes[$0] }
        let text = JSONText.decode(contents[...])
        return Field.allCases.first { text.utf8.elementsEqual($0.rawValue.utf8) }
    }

    private mutating func note(_ field: Field, _ range: Range<Int>) {
        let earlier: Range<Int>?
        switch field {
        case .jsonrpc: (earlier, jsonrpc) = (jsonrpc, range)
        case .id: (earlier, id) = (id, range)
        case .method: (earlier, method) = (method, range)
        case .params: (earlier, params) = (params, range)
        case .result: (earlier, result) = (result, range)
        case .error: (earlier, error) = (error, range)
        }
        if earlier != nil && repeated == nil { repeated = field }
    }
}
