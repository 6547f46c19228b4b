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
        case .label: try checkLabel(value)
        case .integer(let range): try checkInteger(value, range)
        case .boolean: try expect(value.kind == .bool, "true or false")
        case .number: try expect(value.double != nil, "a finite number")
        case .numberIn(let range): try checkNumber(value, range)
        case .enumeration(let words): try checkWord(value, words)
        case .strings(let limit, let areUnique): try checkNames(value, limit, areUnique)
        case .array(let element, let limit): try checkElements(value, element, limit)
        case .stringMap(let nullable, let limit): try checkMap(value, nullable, limit)
        case .shared(_, let type): try check(value, type)
        case .object(let members): try checkObject(value, members, others: nil)
        case .open(let members, let others, let limit):
            try checkObject(value, members, others: Others(type: others, limit: limit))
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

    private func checkLabel(_ value: RawJSON) throws(RPCError) {
        try check(value, .name)
        try expect(value.string?.utf8.contains(UInt8(ascii: "/")) == false, "a string without \"/\"")
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

    /// Stops at the first element that is too many or wrong: the rest may be millions.
    private func checkElements(
        _ value: RawJSON, _ type: ParameterType, _ limit: ElementLimit?
    ) throws(RPCError) {
        try expect(value.kind == .array, "an array")
        let element = TypeCheck(name: name + "[]", limits: limits)
        var count = 0
        try JSONWalk.elements(of: value.bytes.span) { (place) throws(RPCError) in
            count += 1
            try checkCount(count, limit)
            if !type.isPayload { try element.check(value.slice(place), type) }
            return true
        }
    }

    /// An array of names, each of them once unless it says otherwise.
    private func checkNames(
        _ value: RawJSON, _ limit: ElementLimit?, _ areUnique: Bool
    ) throws(RPCError) {
        try checkElements(value, .name, limit)
        guard areUnique, limit != nil else { return }
        var seen: Set<String> = []
        for text in value.elements.compactMap(\.string) {
            try expect(seen.insert(text).inserted, "an array that gives each name once")
        }
    }

    /// Whether an array or object may have so many elements.
    func checkCount(_ count: Int, _ limit: ElementLimit?) throws(RPCError) {
        guard let limit, count > limits[limit] else { return }
        throw RPCError(
            .limitExceeded, "`\(name)` has more than \(limits[limit]) elements.",
            hint: """
                Send them in several calls, or less of them. The limit \(limit.rawValue) is \(limits[limit]): \
                `limits.\(limit.rawValue)` in the daemon's configuration sets another.
                """
        ) { writer in
            writer.member("parameter", name)
            writer.member("limit", limit.rawValue)
        }
    }

    private func checkMap(_ value: RawJSON, _ nullable: Bool, _ limit: ElementLimit?) throws(RPCError) {
        try expect(
            value.kind == .object, nullable ? "an object of strings and nulls" : "an object of strings")
        var seen: Set<String> = []
        try JSONWalk.members(of: value.bytes.span) { (name, place) throws(RPCError) in
            let (key, item) = (value.keyText(name), value.slice(place))
            try checkCount(seen.count + 1, limit)
            let size = key.utf8.count
            if size > limits.nameBytes { throw tooLong(limits.nameBytes, "name_bytes") }
            try expect(
                size > 0 && !key.utf8.contains(0), "an object whose names are not empty and hold no NUL")
            try expect(seen.insert(key).inserted, "an object that gives each name once")
            if nullable && item.isNull { return true }
            let member = TypeCheck(name: "\(self.name).\(key.prefix(100))", limits: limits)
            try member.checkText(item, 0...limits.nameBytes, limit: "name_bytes")
            return true
        }
    }

    private func checkObject(_ value: RawJSON, _ members: [Parameter], others: Others?)
        throws(RPCError)
    {
        try expect(value.kind == .object, "an object")
        _ = try ParamsCheck(owner: name, limits: limits).values(of: value, members, others: others)
    }
}
