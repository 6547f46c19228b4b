import SidestepModel

/// The members of an open object that have no names of their own.
struct Others {
    let type: ParameterType
    let limit: ElementLimit?
}

/// Compares an object with the parameters it should have.
struct ParamsCheck {
    /// What the parameters belong to, for messages: a method or a parameter.
    let owner: String
    let limits: Limits

    /// Where the value of each parameter lies, each of its type.
    func values(of object: RawJSON, _ parameters: [Parameter]) throws(RPCError) -> ValueRanges {
        try values(of: object, parameters, others: nil)
    }

    /// The same for an object that may hold further members.
    func values(
        of object: RawJSON, _ parameters: [Parameter], others: Others?
    ) throws(RPCError) -> ValueRanges {
        var values = ValueRanges(count: parameters.count)
        var next = 0
        var further: Set<String> = []
        try JSONWalk.members(of: object.bytes.span) { (key, range) throws(RPCError) in
            let name = object.slice(key.range).bytes
            guard let position = Self.position(of: name, key.isEscaped, parameters, &next) else {
                guard let others else { throw unknown(name, parameters) }
                let text = JSONText.decode(name)
                guard further.insert(text).inserted else { throw twice(String(text.prefix(100))) }
                try TypeCheck(name: owner, limits: limits).checkCount(further.count, others.limit)
                let check = TypeCheck(name: String(text.prefix(100)), limits: limits)
                try check.check(object.slice(range), others.type)
                return true
            }
            if values[position] != nil { throw twice(parameters[position].name) }
            if try isGiven(object.slice(range), parameters[position]) { values[position] = range }
            return true
        }
        for position in parameters.indices where parameters[position].required && values[position] == nil {
            throw missing(parameters[position])
        }
        return values
    }

    /// The same of an object that was checked before.
    static func place(_ object: RawJSON, _ parameters: [Parameter]) -> ValueRanges {
        var values = ValueRanges(count: parameters.count)
        var next = 0
        JSONWalk.members(of: object.bytes.span) { key, range in
            let name = object.slice(key.range).bytes
            guard let position = position(of: name, key.isEscaped, parameters, &next) else { return true }
            if isValue(object.slice(range), parameters[position]) { values[position] = range }
            return true
        }
        return values
    }

    /// The position of a parameter by the bytes of its name.
    ///
    /// The search goes on from where the last one ended: clients mostly send them in the order of the
    /// documentation.
    private static func position(
        of name: ArraySlice<UInt8>, _ isEscaped: Bool, _ parameters: [Parameter], _ next: inout Int
    ) -> Int? {
        if isEscaped {
            let text = JSONText.decode(name)
            return parameters.firstIndex { $0.name == text }
        }
        for _ in parameters.indices {
            let position = next
            next = next + 1 < parameters.count ? next + 1 : 0
            if same(name, parameters[position].nameBytes) { return position }
        }
        return nil
    }

    @inline(__always)
    private static func same(_ name: ArraySlice<UInt8>, _ other: [UInt8]) -> Bool {
        guard name.count == other.count else { return false }
        let (left, right) = (name.span, other.span)
        for index in left.indices where left[index] != right[index] { return false }
        return true
    }

    /// Null says the same as leaving out, except where it is a payload.
    private static func isValue(_ value: RawJSON, _ parameter: Parameter) -> Bool {
        !value.isNull || parameter.type.isPayload
    }

    /// The same, and the value is checked.
    private func isGiven(_ value: RawJSON, _ parameter: Parameter) throws(RPCError) -> Bool {
        guard Self.isValue(value, parameter) else { return false }
        try TypeCheck(name: parameter.name, limits: limits).check(value, parameter.type)
        return true
    }

    private func missing(_ parameter: Parameter) -> RPCError {
        .invalidParams(
            "`\(owner)` needs `\(parameter.name)`.", parameter: parameter.name,
            hint: parameter.summary.isEmpty ? nil : "`\(parameter.name)` is \(parameter.summary).")
    }

    private func unknown(_ name: ArraySlice<UInt8>, _ parameters: [Parameter]) -> RPCError {
        let text = String(JSONText.decode(name).prefix(100))
        let known = parameters.map(\.name).joined(separator: ", ")
        return .invalidParams(
            "`\(owner)` has no parameter `\(text)`.", parameter: text,
            hint: known.isEmpty ? "It takes none." : "It takes: \(known).")
    }

    private func twice(_ name: String) -> RPCError {
        .invalidParams("`\(name)` is given twice.", parameter: name, hint: "Send it once.")
    }
}
