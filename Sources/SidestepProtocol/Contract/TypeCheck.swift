import SidestepModel

/// Compares one value with the type it should have.
struct TypeCheck {
    /// The parameter, for messages.
    let name: String
    let limits: Limits

    func check(_ value: RawJSON, _ type: ParameterType) throws(RPCError) {
        switch type {
        case .payload: return
        case .string(let maxBytes): try checkText(value, 0...maxBytes, limit: nil)
        case .name: try checkText(value, 1...limits.nameBytes, limit: "name_bytes")
        case .integer(let range): try checkInteger(value, range)
        case .boolean: try expect(value.kind == .bool, "true or false")
        case .number: try expect(value.double != nil, "a finite number")
        case .numberIn(let range): try checkNumber(value, range)
        case .enumeration(let words): try checkWord(value, words)
        case .strings: try checkElements(value, .name)
        case .integers: try checkElements(value, .integer(.min ... .max))
        case .array(let element): try checkElements(value, element)
        case .stringMap(let nullable): try checkMap(value, nullable: nullable)
        case .shared(_, let type): try check(value, type)
        case .object(let members): try checkObject(value, members, others: nil)
        case .open(let members, let others): try checkObject(value, members, others: others)
        }
    }

    private func expect(_ holds: Bool, _ wanted: String) throws(RPCError) {
        if !holds {
            throw .invalidParams("`\(name)` must be \(wanted).", parameter: name, hint: "Send \(wanted).")
        }
    }

    /// Text without an escape is measured without being decoded, and cannot hold a NUL.
    private func checkText(_ value: RawJSON, _ sizes: ClosedRange<Int>, limit: String?) throws(RPCError) {
        try expect(value.kind == .string, "a string")
        var size = value.bytes.count - 2
        if value.bytes.contains(Byte.backslash) {
            let text = value.string ?? ""
            try expect(!text.utf8.contains(0), "a string without NUL")
            size = text.utf8.count
        }
        try expect(size >= sizes.lowerBound, "a string that is not empty")
        if size > sizes.upperBound { throw tooLong(sizes.upperBound, limit) }
    }

    private func tooLong(_ maximum: Int, _ limit: String?) -> RPCError {
        let hint = limit.map { "The limit \($0) is \(maximum)." } ?? "Send a shorter one."
        return RPCError(.invalidArgument, "`\(name)` is longer than \(maximum) bytes.", hint: hint) {
            writer in
            writer.member("parameter", name)
            writer.member("limit", limit)
        }
    }

    private func checkInteger(_ value: RawJSON, _ range: ClosedRange<Int64>) throws(RPCError) {
        let holds = value.integer.map(range.contains) ?? false
        if !holds { try expect(false, "an integer from \(range.lowerBound) to \(range.upperBound)") }
    }

    private func checkNumber(_ value: RawJSON, _ range: ClosedRange<Double>) throws(RPCError) {
        let holds = value.double.map(range.contains) ?? false
        if !holds { try expect(false, "a number from \(range.lowerBound) to \(range.upperBound)") }
    }

    private func checkWord(_ value: RawJSON, _ words: [String]) throws(RPCError) {
        let holds = value.string.map(words.contains) ?? false
        if !holds { try expect(false, "one of " + words.joined(separator: ", ")) }
    }

    private func checkElements(_ value: RawJSON, _ type: ParameterType) throws(RPCError) {
        try expect(value.kind == .array, "an array")
        if type.isPayload { return }
        let element = TypeCheck(name: name + "[]", limits: limits)
        for item in value.elements { try element.check(item, type) }
    }

    private func checkMap(_ value: RawJSON, nullable: Bool) throws(RPCError) {
        try expect(
            value.kind == .object, nullable ? "an object of strings and nulls" : "an object of strings")
        var seen: Set<String> = []
        for (key, item) in value.members {
            let size = key.utf8.count
            if size > limits.nameBytes { throw tooLong(limits.nameBytes, "name_bytes") }
            try expect(
                size > 0 && !key.utf8.contains(0), "an object whose names are not empty and hold no NUL")
            try expect(seen.insert(key).inserted, "an object that gives each name once")
            if nullable && item.isNull { continue }
            let member = TypeCheck(name: "\(name).\(key.prefix(100))", limits: limits)
            try member.checkText(item, 0...limits.nameBytes, limit: "name_bytes")
        }
    }

    private func checkObject(_ value: RawJSON, _ members: [Parameter], others: ParameterType?)
        throws(RPCError)
    {
        try expect(value.kind == .object, "an object")
        _ = try ParamsCheck(owner: name, limits: limits).values(of: value, members, others: others)
    }
}
