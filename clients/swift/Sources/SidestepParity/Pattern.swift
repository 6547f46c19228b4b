import Sidestep
import SidestepProtocol

/// Compares values with the patterns of scenarios.
enum Pattern {
    /// Why a value does not match; nil when it does.
    static func mismatch(_ value: RawJSON?, _ pattern: RawJSON, at path: String = "") -> String? {
        let value = value ?? .null
        switch pattern.kind {
        case .object: return object(value, pattern, path)
        case .array: return array(value, pattern, path)
        case .number: return isSameNumber(value, pattern) ? nil : differ(value, pattern, path)
        case .string: return value.string == pattern.string ? nil : differ(value, pattern, path)
        default: return value == pattern ? nil : differ(value, pattern, path)
        }
    }

    private static func differ(_ value: RawJSON, _ pattern: RawJSON, _ path: String) -> String {
        "\(path.isEmpty ? "value" : path): \(value.text.prefix(300)) is not \(pattern.text.prefix(300))"
    }

    private static func isSameNumber(_ value: RawJSON, _ pattern: RawJSON) -> Bool {
        if let a = value.integer, let b = pattern.integer { return a == b }
        guard value.kind == .number, let a = value.double, let b = pattern.double else { return false }
        return a == b
    }

    private static func object(_ value: RawJSON, _ pattern: RawJSON, _ path: String) -> String? {
        let members = pattern.members
        if !members.isEmpty, members.allSatisfy({ $0.key.hasPrefix("$") }) {
            for (rule, argument) in members {
                if !holds(rule, argument, value) { return differ(value, pattern, path) }
            }
            return nil
        }
        guard value.kind == .object else { return differ(value, pattern, path) }
        for (key, expected) in members {
            if let reason = mismatch(value[key], expected, at: path.isEmpty ? key : "\(path).\(key)") {
                return reason
            }
        }
        return nil
    }

    private static func array(_ value: RawJSON, _ pattern: RawJSON, _ path: String) -> String? {
        let (values, patterns) = (value.elements, pattern.elements)
        guard value.kind == .array, values.count == patterns.count else {
            return differ(value, pattern, path)
        }
        for (index, pair) in zip(values, patterns).enumerated() {
            if let reason = mismatch(pair.0, pair.1, at: "\(path)[\(index)]") { return reason }
        }
        return nil
    }

    private static func matches(_ value: RawJSON, _ pattern: RawJSON) -> Bool {
        mismatch(value, pattern) == nil
    }

    private static func holds(_ rule: String, _ argument: RawJSON, _ value: RawJSON) -> Bool {
        switch rule {
        case "$type": return typeName(value) == argument.string
        case "$between": return value.double.map { isBetween($0, argument) } ?? false
        case "$length": return hasLength(value, argument)
        case "$match":
            guard let text = value.string, let regex = try? Regex(argument.string ?? "") else { return false }
            return text.contains(regex)
        case "$has":
            return argument.elements.allSatisfy { wanted in value.elements.contains { matches($0, wanted) } }
        case "$lacks": return value.kind == .array && !value.elements.contains { matches($0, argument) }
        case "$not": return !matches(value, argument)
        case "$one": return argument.elements.contains { matches(value, $0) }
        default: return false
        }
    }

    private static func typeName(_ value: RawJSON) -> String {
        switch value.kind {
        case .string: "string"
        case .number: "number"
        case .bool: "boolean"
        case .object: "object"
        case .array: "array"
        case .null: "null"
        }
    }

    private static func isBetween(_ number: Double, _ range: RawJSON) -> Bool {
        let ends = range.elements
        return ends.count == 2 && number >= (ends[0].double ?? -.infinity)
            && number <= (ends[1].double ?? .infinity)
    }

    private static func hasLength(_ value: RawJSON, _ wanted: RawJSON) -> Bool {
        let length = value.kind == .array ? value.elements.count : value.string?.unicodeScalars.count
        guard let length else { return false }
        return wanted.kind == .array ? isBetween(Double(length), wanted) : wanted.int == length
    }
}
