import SidestepProtocol

/// Where a request that was not recorded differs from the one that was to be expected, and what would cure it.
public struct Drift: Sendable, Equatable {
    /// Where, as a JSON pointer (RFC 6901); empty for the whole.
    public let pointer: String
    /// Bytes from the start of a string to the first that differs; nil for other values.
    public let offset: Int?
    /// The words that stood there; nil where there was nothing.
    public let before: String?
    /// The words that stand there now.
    public let after: String?
    /// What would let both be the same call.
    public let cure: DriftCure

    /// Compares a request with the recorded one: what would have matched anyhow is passed over.
    ///
    /// - Parameter options: how requests were known again when these two were not taken for the same.
    public init(from before: RecordedRequest, to after: RecordedRequest, options: KeyOptions = KeyOptions()) {
        let pair = RequestPair(before: before, after: after, options: options)
        let found = pair.first
        let window = found.map(pair.window)
        pointer = found?.pointer ?? ""
        offset = window?.offset
        (self.before, self.after) = (window?.before, window?.after)
        cure = pair.cure(of: found)
    }
}

/// A recorded request and one that is not recorded.
struct RequestPair {
    let before: RecordedRequest
    let after: RecordedRequest
    let options: KeyOptions

    /// The first difference that keeps them from being the same call; nil when their bodies are equal.
    var first: JSONDifference? {
        let all = JSONDifference.between(bodies: before.body, after.body)
        return all.first(where: counts) ?? all.first
    }

    private func counts(_ difference: JSONDifference) -> Bool {
        let names = JSONPointer.names(of: difference.pointer)
        if let name = names.first, InertFields.names.contains(name) { return false }
        if options.inert.contains(where: { names.starts(with: $0.split(separator: ".").map(String.init)) }) {
            return false
        }
        return texts(at: difference.pointer).map { differs($0, ignored(at: difference)) } ?? true
    }

    /// What two texts at a place may differ in and be the same.
    private func ignored(at difference: JSONDifference) -> VolatileKinds {
        isInToolResult(difference) ? .all : options.mask
    }

    private func differs(_ texts: (String, String), _ kinds: VolatileKinds) -> Bool {
        MaskedText(texts.0, kinds).bytes != MaskedText(texts.1, kinds).bytes
    }

    private func isInToolResult(_ difference: JSONDifference) -> Bool {
        guard let json = after.json, let place = JSONPointer.value(at: difference.pointer, in: json) else {
            return false
        }
        let results = ToolResults(of: json.members).contents
        return results.contains {
            $0.lowerBound <= place.bytes.startIndex && place.bytes.endIndex <= $0.upperBound
        }
    }

    /// Both texts at a place; nil where they are not both there.
    func texts(at pointer: String) -> (String, String)? {
        guard let one = before.json.flatMap({ JSONPointer.value(at: pointer, in: $0)?.string }),
            let other = after.json.flatMap({ JSONPointer.value(at: pointer, in: $0)?.string })
        else { return nil }
        return (one, other)
    }

    /// The words in which both differ first.
    func window(of difference: JSONDifference) -> DriftWindow {
        let whole = texts(at: difference.pointer)
        let kinds = whole.map { differs($0, ignored(at: difference)) } == true ? ignored(at: difference) : []
        return DriftWindow(
            whole?.0 ?? difference.before, whole?.1 ?? difference.after, ignoring: kinds, isText: whole != nil
        )
    }
}

/// The words of two texts in which they differ first.
struct DriftWindow: Equatable {
    /// Bytes that are shown at most.
    static let width = 80

    /// Bytes of the first text before the difference; nil where they are no texts.
    let offset: Int?
    let before: String?
    let after: String?

    /// - Parameters:
    ///   - kinds: what they may differ in and be the same.
    ///   - isText: whether they are texts, and not other values as they are written.
    init(_ one: String?, _ other: String?, ignoring kinds: VolatileKinds = [], isText: Bool = true) {
        guard let one, let other else {
            (offset, before, after) = (nil, one.map(Self.start), other.map(Self.start))
            return
        }
        let (left, right) = (MaskedText(one, kinds), MaskedText(other, kinds))
        let common = zip(left.bytes, right.bytes).prefix { $0 == $1 }.count
        offset = isText ? left.place(of: common) : nil
        before = Self.words(left.text, at: left.place(of: common))
        after = Self.words(right.text, at: right.place(of: common))
    }

    /// How a value begins.
    private static func start(of text: String) -> String { words(Array(text.utf8), at: 0) }

    /// From the start of the word at a place to its end.
    private static func words(_ text: [UInt8], at place: Int) -> String {
        var start = place
        while start > 0, place - start < width / 4, !isBlank(text[start - 1]) { start -= 1 }
        start = boundary(text, start)
        var end = place
        while end < text.count, isBlank(text[end]) { end += 1 }
        while end < text.count, !isBlank(text[end]) { end += 1 }
        end = max(start, boundary(text, min(end, start + width)))
        return String(decoding: text[start..<end], as: UTF8.self)
    }

    /// The start of the character that a byte belongs to.
    private static func boundary(_ text: [UInt8], _ index: Int) -> Int {
        var index = index
        while index > 0, index < text.count, text[index] & 0xC0 == 0x80 { index -= 1 }
        return index
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte <= 0x20 }
}

/// Places in JSON (RFC 6901).
enum JSONPointer {
    static func names(of pointer: String) -> [String] {
        pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            String($0).replacing("~1", with: "/").replacing("~0", with: "~")
        }
    }

    static func value(at pointer: String, in value: RawJSON) -> RawJSON? {
        Self.value(at: names(of: pointer), in: value)
    }

    static func value(at names: some Sequence<String>, in value: RawJSON) -> RawJSON? {
        var value = value
        for name in names {
            guard let next = value.kind == .array ? element(name, of: value) : value[name] else { return nil }
            value = next
        }
        return value
    }

    private static func element(_ name: String, of value: RawJSON) -> RawJSON? {
        let elements = value.elements
        guard let index = Int(name), elements.indices.contains(index) else { return nil }
        return elements[index]
    }
}
