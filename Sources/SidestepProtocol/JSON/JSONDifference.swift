/// One place where two JSON texts differ.
public struct JSONDifference: Sendable, Equatable {
    /// Where, as a JSON pointer (RFC 6901); empty for the whole value.
    public let pointer: String
    /// Bytes from the start of a string's text to the first that differs; nil for other values.
    public let offset: Int?
    /// What stands there in the first, cut around the difference; nil where it has nothing.
    public let before: String?
    /// What stands there in the second.
    public let after: String?

    /// A difference with its two texts as they are to be shown.
    public init(pointer: String, offset: Int? = nil, before: String?, after: String?) {
        self.pointer = pointer
        self.offset = offset
        self.before = before
        self.after = after
    }

    /// The places where two values differ, in the order of the first, members' order and white space aside.
    ///
    /// - Parameters:
    ///   - limit: differences that are looked for; there may be more.
    ///   - width: bytes to which each text is cut.
    public static func between(
        _ left: RawJSON, _ right: RawJSON, limit: Int = 100, width: Int = 200
    ) -> [JSONDifference] {
        var search = Search(limit: limit, width: width)
        search.pending = [Search.Pair(pointer: "", depth: 0, left: left.compact, right: right.compact)]
        while let pair = search.pending.popLast(), search.found.count < limit { search.compare(pair) }
        return search.found
    }

    /// Where two texts that are not both JSON differ: one difference of the whole, or none.
    public static func between(texts left: [UInt8], _ right: [UInt8], width: Int = 200) -> [JSONDifference] {
        if left == right { return [] }
        let cut = Excerpt(left[...], right[...], width: width)
        return [JSONDifference(pointer: "", offset: cut.offset, before: cut.left, after: cut.right)]
    }

    /// What two bodies differ in: as JSON where both are, else as texts.
    public static func between(bodies left: [UInt8], _ right: [UInt8]) -> [JSONDifference] {
        guard let one = try? RawJSON(parsing: left), let other = try? RawJSON(parsing: right) else {
            return between(texts: left, right)
        }
        return between(one, other)
    }
}

/// The walk through both values at once.
///
/// Its stack is its own, and what is nested more deeply than `deepest` counts as one value: each level is read
/// once more.
private struct Search {
    static let deepest = 64

    struct Pair {
        let pointer: String
        let depth: Int
        let left: RawJSON?
        let right: RawJSON?
    }

    let limit: Int
    let width: Int
    var found: [JSONDifference] = []
    var pending: [Pair] = []

    init(limit: Int, width: Int) {
        self.limit = limit
        self.width = width
    }

    mutating func compare(_ pair: Pair) {
        guard let left = pair.left, let right = pair.right else { return note(pair) }
        if left.bytes == right.bytes { return }
        guard left.kind == right.kind, pair.depth < Self.deepest else { return note(pair) }
        switch left.kind {
        case .object: push(Self.members(left, right), of: pair)
        case .array: push(Self.elements(left, right), of: pair)
        case .string where left.string == right.string: return
        default: note(pair)
        }
    }

    private mutating func push(_ parts: [(name: String, left: RawJSON?, right: RawJSON?)], of pair: Pair) {
        let differing = parts.lazy.filter { $0.left?.bytes != $0.right?.bytes }.prefix(limit)
        for part in Array(differing).reversed() {
            pending.append(
                Pair(
                    pointer: pair.pointer + "/" + part.name, depth: pair.depth + 1, left: part.left,
                    right: part.right))
        }
    }

    private static func elements(
        _ left: RawJSON, _ right: RawJSON
    ) -> [(name: String, left: RawJSON?, right: RawJSON?)] {
        let (one, other) = (left.elements, right.elements)
        return (0..<max(one.count, other.count)).map { index in
            (String(index), index < one.count ? one[index] : nil, index < other.count ? other[index] : nil)
        }
    }

    /// Members by their names; of several of one name the n-th is compared with the n-th.
    private static func members(
        _ left: RawJSON, _ right: RawJSON
    ) -> [(name: String, left: RawJSON?, right: RawJSON?)] {
        var others: [String: [RawJSON]] = [:]
        let right = right.members
        for member in right.reversed() { others[member.key, default: []].append(member.value) }
        var parts = left.members.map { member in
            (name: escaped(member.key), left: Optional(member.value), right: others[member.key]?.popLast())
        }
        for member in right {
            guard let value = others[member.key]?.popLast() else { continue }
            parts.append((escaped(member.key), nil, value))
        }
        return parts
    }

    private static func escaped(_ name: String) -> String {
        guard name.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else {
            return name
        }
        return name.reduce(into: "") { text, character in
            text += character == "~" ? "~0" : character == "/" ? "~1" : String(character)
        }
    }

    private mutating func note(_ pair: Pair) {
        guard let left = pair.left, let right = pair.right else {
            return found.append(
                JSONDifference(
                    pointer: pair.pointer,
                    before: pair.left.map { Excerpt.start(of: $0.bytes, width: width) },
                    after: pair.right.map { Excerpt.start(of: $0.bytes, width: width) }))
        }
        if let one = left.string, let other = right.string {
            let cut = Excerpt(Array(one.utf8)[...], Array(other.utf8)[...], width: width)
            found.append(
                JSONDifference(pointer: pair.pointer, offset: cut.offset, before: cut.left, after: cut.right))
        } else {
            let cut = Excerpt(left.bytes, right.bytes, width: width)
            found.append(JSONDifference(pointer: pair.pointer, before: cut.left, after: cut.right))
        }
    }
}

/// Two texts, cut around the first byte in which they differ.
private struct Excerpt {
    let offset: Int
    let left: String
    let right: String

    init(_ one: ArraySlice<UInt8>, _ other: ArraySlice<UInt8>, width: Int) {
        let common = zip(one, other).prefix { $0 == $1 }.count
        offset = Self.boundary(one, one.startIndex + common) - one.startIndex
        // A third before the difference, two thirds from it on.
        let start = max(0, offset - width / 3)
        left = Self.cut(one, from: start, width: width)
        right = Self.cut(other, from: start, width: width)
    }

    static func start(of bytes: ArraySlice<UInt8>, width: Int) -> String { cut(bytes, from: 0, width: width) }

    private static func cut(_ bytes: ArraySlice<UInt8>, from start: Int, width: Int) -> String {
        let first = boundary(bytes, min(bytes.startIndex + start, bytes.endIndex))
        let last = boundary(bytes, min(first + width, bytes.endIndex))
        return String(decoding: bytes[first..<last], as: UTF8.self)
    }

    /// The start of the character that a byte belongs to.
    private static func boundary(_ bytes: ArraySlice<UInt8>, _ index: Int) -> Int {
        var index = index
        while index > bytes.startIndex, index < bytes.endIndex, bytes[index] & 0xC0 == 0x80 { index -= 1 }
        return index
    }
}
