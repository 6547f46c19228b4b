import SidestepModel

extension JSONWriter {
    /// Writes the JSON Schema of a type.
    ///
    /// - Parameters:
    ///   - nullable: whether null says the same as an absent member.
    ///   - closed: whether objects refuse members that are not listed; results may grow, parameters may not.
    ///   - note: what an absent value means.
    mutating func schema(_ type: ParameterType, nullable: Bool, closed: Bool, note: String? = nil) {
        if case .shared(let name, _) = type { return sharedSchema(name, nullable) }
        beginObject()
        switch type {
        case .shared: break
        case .payload: member("description", "any JSON, kept byte for byte")
        case .string(let maxBytes): text(0...maxBytes, nullable)
        case .name: text(1...Limits().nameBytes, nullable)
        case .label:
            text(1...Limits().nameBytes, nullable)
            member("pattern", "^[^/]*$")
        case .integer(let range): number("integer", range.lowerBound, range.upperBound, nullable)
        case .boolean: typeName("boolean", nullable)
        case .number: typeName("number", nullable)
        case .numberIn(let range):
            number("number", Int64(range.lowerBound), Int64(range.upperBound), nullable)
        case .enumeration(let words): wordList(words, nullable)
        case .strings(let limit, let areUnique):
            list(of: .name, nullable, closed)
            bound("maxItems", limit)
            if limit != nil && areUnique { member("uniqueItems", true) }
        case .array(let element, let limit):
            list(of: element, nullable, closed)
            bound("maxItems", limit)
        case .stringMap(let nullableValues, let limit):
            map(nullableValues, nullable, closed)
            bound("maxProperties", limit)
        case .object(let members): object(members, nullable, closed, others: nil)
        case .open(let members, let others, let limit):
            object(members, nullable, closed, others: others)
            bound("maxProperties", limit)
        }
        member("x-default", note)
        endObject()
    }

    /// Points to something that the document describes once.
    mutating func reference(_ group: String, _ name: String) {
        beginObject()
        member("$ref", "#/components/\(group)/\(name)")
        endObject()
    }

    private mutating func sharedSchema(_ name: String, _ nullable: Bool) {
        guard nullable else { return reference("schemas", name) }
        beginObject()
        array("anyOf") { writer in
            writer.reference("schemas", name)
            writer.beginObject()
            writer.member("type", "null")
            writer.endObject()
        }
        endObject()
    }

    private mutating func typeName(_ name: String, _ nullable: Bool) {
        guard nullable else { return member("type", name) }
        member("type", [name, "null"])
    }

    private mutating func text(_ sizes: ClosedRange<Int>, _ nullable: Bool) {
        typeName("string", nullable)
        if sizes.lowerBound > 0 { member("minLength", sizes.lowerBound) }
        member("maxLength", sizes.upperBound)
    }

    private mutating func number(_ name: String, _ low: Int64, _ high: Int64, _ nullable: Bool) {
        typeName(name, nullable)
        // The ends of Int64 say nothing, and most readers cannot hold them.
        if low != .min { member("minimum", low) }
        if high != .max { member("maximum", high) }
    }

    private mutating func wordList(_ words: [String], _ nullable: Bool) {
        typeName("string", nullable)
        array("enum") { writer in
            for word in words { writer.value(word) }
            if nullable { writer.null() }
        }
    }

    private mutating func list(of element: ParameterType, _ nullable: Bool, _ closed: Bool) {
        typeName("array", nullable)
        key("items")
        schema(element, nullable: false, closed: closed)
    }

    /// How many elements there may be, with the name under which another number can be set.
    private mutating func bound(_ word: String, _ limit: ElementLimit?) {
        member(word, limit?.standard)
        member("x-limit", limit?.rawValue)
    }

    private mutating func map(_ nullableValues: Bool, _ nullable: Bool, _ closed: Bool) {
        typeName("object", nullable)
        key("additionalProperties")
        schema(.string(maxBytes: Limits().nameBytes), nullable: nullableValues, closed: closed)
    }

    private mutating func object(
        _ members: [Parameter], _ nullable: Bool, _ closed: Bool, others: ParameterType?
    ) {
        typeName("object", nullable)
        object("properties") { writer in
            for parameter in members {
                writer.key(parameter.name)
                writer.schema(
                    parameter.type, nullable: !parameter.required, closed: closed,
                    note: parameter.standard?.text
                )
            }
        }
        member("required", members.filter(\.required).map(\.name))
        if let others {
            key("additionalProperties")
            schema(others, nullable: false, closed: closed)
        } else if closed {
            member("additionalProperties", false)
        }
    }
}
