import SidestepProtocol

/// The variables of a scenario.
struct Variables {
    private var values: [String: RawJSON] = [:]

    subscript(name: String) -> RawJSON? {
        get { values[name] }
        set { values[name] = newValue }
    }

    /// The value with every variable in it replaced.
    func resolve(_ json: RawJSON) -> RawJSON {
        switch json.kind {
        case .string: return resolve(text: json.string ?? "").map { $0 } ?? json
        case .array:
            return .build { writer in
                writer.beginArray()
                for element in json.elements { writer.raw(resolve(element)) }
                writer.endArray()
            }
        case .object:
            return .build { writer in
                writer.beginObject()
                for (key, value) in json.members { writer.member(key, resolve(value)) }
                writer.endObject()
            }
        default: return json
        }
    }

    /// What a text stands for; nil when no variable is in it, so that its bytes stay as they are.
    private func resolve(text: String) -> RawJSON? {
        guard text.contains("$") else { return nil }
        if text.hasPrefix("$"), let value = values[String(text.dropFirst())] { return value }
        let replaced = interpolate(text)
        return replaced == text ? nil : .string(replaced)
    }

    /// The text with every `${name}` replaced.
    func interpolate(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let start = rest.range(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
            result += rest[..<start.lowerBound]
            let name = String(rest[start.upperBound..<end])
            result += values[name].map { $0.string ?? $0.text } ?? "${\(name)}"
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }
}

extension Substring {
    /// Where a text begins and ends in this one.
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}

extension RawJSON {
    /// The part at a dotted path; numbers index arrays.
    func at(path: String) -> RawJSON {
        var value = self
        for part in path.split(separator: ".") {
            if let index = Int(part), value.kind == .array {
                let elements = value.elements
                value = elements.indices.contains(index) ? elements[index] : .null
            } else {
                value = value[String(part)] ?? .null
            }
        }
        return value
    }
}
