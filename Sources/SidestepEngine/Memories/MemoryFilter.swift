import SidestepModel
import SidestepProtocol

/// What a search asks of the value of a memory: its members, and a text that stands somewhere in it.
public struct MemoryFilter: Sendable {
    /// How a member is compared with what is asked for.
    enum Operator: String, CaseIterable {
        case equal = "$eq"
        case notEqual = "$ne"
        case greater = "$gt"
        case greaterOrEqual = "$gte"
        case less = "$lt"
        case lessOrEqual = "$lte"
    }

    private let members: RawJSON
    private let text: SoughtText?

    /// A filter of `memory.search`.
    ///
    /// - Parameters:
    ///   - members: an object: what each member must be, or an object of operators; nil asks nothing.
    ///   - text: found in any text of the value, in large letters or small; nil and empty ask nothing.
    public init(members: RawJSON?, text: String?, limits: Limits) throws(Failure) {
        self.members = members ?? .emptyObject
        self.text = text.flatMap(SoughtText.init)
        guard self.members.kind == .object else {
            throw Failure(.invalidArgument, "`filter` is no object", hint: "Send a JSON object.")
        }
        try Self.check(self.members, limits)
    }

    private static func check(_ asked: RawJSON, _ limits: Limits) throws(Failure) {
        let limit = ElementLimit.memoryFilters
        let members = asked.members
        guard members.count <= limits[limit] else {
            throw Failure(
                .limitExceeded, "`filter` has more than \(limits[limit]) members",
                hint: "Filter by less, and look at the rest in what comes back."
            ).with(\.limit, limit.rawValue)
        }
        for (name, value) in members {
            if name.utf8.first == UInt8(ascii: "$"), Operator(rawValue: name) == nil {
                let known = Operator.allCases.map(\.rawValue).joined(separator: ", ")
                throw Failure(
                    .invalidArgument, "`filter` has no operator \(name.prefix(100))",
                    hint: "There are \(known).")
            }
            try check(value, limits)
        }
    }

    /// Whether a value is asked for.
    public func matches(_ value: RawJSON) -> Bool {
        members.members.allSatisfy { Self.isAsked(value[$0.key], $0.value) }
            && (text.map { Self.has($0, in: value) } ?? true)
    }

    // MARK: Members

    /// What is absent is null.
    private static func isAsked(_ value: RawJSON?, _ asked: RawJSON) -> Bool {
        let value = value ?? .null
        switch asked.kind {
        case .object:
            let members = asked.members
            if members.contains(where: { Operator(rawValue: $0.key) != nil }) {
                return members.allSatisfy { name, asked in
                    Operator(rawValue: name).map { holds($0, value, asked) } ?? false
                }
            }
            return value.kind == .object && members.allSatisfy { isAsked(value[$0.key], $0.value) }
        case .array:
            let (left, right) = (value.elements, asked.elements)
            return value.kind == .array && left.count == right.count
                && zip(left, right).allSatisfy { isAsked($0, $1) }
        default: return isEqual(value, asked)
        }
    }

    private static func holds(_ operation: Operator, _ value: RawJSON, _ asked: RawJSON) -> Bool {
        switch operation {
        case .equal: return isEqual(value, asked)
        case .notEqual: return !isEqual(value, asked)
        case .greater: return compare(value, asked) { $0 > 0 }
        case .greaterOrEqual: return compare(value, asked) { $0 >= 0 }
        case .less: return compare(value, asked) { $0 < 0 }
        case .lessOrEqual: return compare(value, asked) { $0 <= 0 }
        }
    }

    /// Numbers are equal by what they say, 1 and 1.0 alike, texts whatever their escapes.
    private static func isEqual(_ left: RawJSON, _ right: RawJSON) -> Bool {
        guard left.kind == right.kind else { return false }
        switch left.kind {
        case .number, .string: return compare(left, right) { $0 == 0 }
        case .array:
            let (left, right) = (left.elements, right.elements)
            return left.count == right.count && zip(left, right).allSatisfy { isEqual($0, $1) }
        case .object:
            let names = Set(left.members.map(\.key))
            return names == Set(right.members.map(\.key))
                && names.allSatisfy { isEqual(left[$0] ?? .null, right[$0] ?? .null) }
        default: return left == right
        }
    }

    /// Two numbers, or two texts by the bytes of their UTF-8; others are neither more nor less.
    private static func compare(_ left: RawJSON, _ right: RawJSON, _ holds: (Int) -> Bool) -> Bool {
        if let left = left.integer, let right = right.integer { return holds(order(left, right)) }
        if let left = left.double, let right = right.double { return holds(order(left, right)) }
        guard let left = left.string, let right = right.string else { return false }
        let isBefore = left.utf8.lexicographicallyPrecedes(right.utf8)
        return holds(isBefore ? -1 : left.utf8.elementsEqual(right.utf8) ? 0 : 1)
    }

    private static func order<Value: Comparable>(_ left: Value, _ right: Value) -> Int {
        left < right ? -1 : left == right ? 0 : 1
    }

    // MARK: Text

    private static func has(_ text: SoughtText, in value: RawJSON) -> Bool {
        switch value.kind {
        case .string: return text.isFound(in: value.string ?? "")
        case .object: return value.members.contains { has(text, in: $0.value) }
        case .array: return value.elements.contains { has(text, in: $0) }
        default: return false
        }
    }
}

/// A text that is looked for in others, in large letters or small.
///
/// The way of Knuth, Morris and Pratt: each byte is looked at a bounded number of times, whatever text is sought in
/// whatever other one. A reader's thread is not for one user alone.
struct SoughtText: Sendable {
    private let bytes: [UInt8]
    /// For each length of a beginning that was found: the longest shorter one that it ends with.
    private let shorter: [Int]

    /// nil where nothing is sought.
    init?(_ text: String) {
        if text.isEmpty { return nil }
        let bytes = Array(text.lowercased().utf8)
        var shorter = [0, 0]
        for byte in bytes.dropFirst() {
            var length = shorter[shorter.count - 1]
            while length > 0, bytes[length] != byte { length = shorter[length] }
            shorter.append(bytes[length] == byte ? length + 1 : 0)
        }
        (self.bytes, self.shorter) = (bytes, shorter)
    }

    func isFound(in whole: String) -> Bool {
        var length = 0
        for byte in whole.lowercased().utf8 {
            while length > 0, bytes[length] != byte { length = shorter[length] }
            if bytes[length] == byte { length += 1 }
            if length == bytes.count { return true }
        }
        return false
    }
}
