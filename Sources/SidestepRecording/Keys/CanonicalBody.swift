import SidestepHash
import SidestepProtocol

/// What is left out of a JSON body or looked at less closely before its key is made.
struct BodyEdits: Equatable {
    /// Values that count as absent, with their names.
    var dropped: [Range<Int>] = []
    /// Values whose strings are masked.
    var masked: [Range<Int>] = []
    /// Values of which only counts that they are there.
    var emptied: [Range<Int>] = []

    /// The same ranges in the order of the text, none in another.
    static func apart(_ ranges: [Range<Int>]) -> [Range<Int>] {
        var apart: [Range<Int>] = []
        let order = ranges.sorted { ($0.lowerBound, $1.upperBound) < ($1.lowerBound, $0.upperBound) }
        for range in order where range.lowerBound >= apart.last?.upperBound ?? 0 { apart.append(range) }
        return apart
    }
}

/// A JSON value written so that equal values have equal bytes: members sorted by name, strings unescaped,
/// numbers as they were written.
///
/// One pass with a stack of its own. A container of more than `longest` bytes is replaced by its hash as soon
/// as it closes, so that no byte is moved or hashed again and again however deep it lies.
struct CanonicalBody {
    /// Bytes from which a container stands there as its hash.
    static let longest = 1024
    /// What no text of JSON holds: a hash follows, or an emptied value stood there.
    private static let hash: UInt8 = 0xFF
    private static let emptied: UInt8 = 0xFE

    private var bytes: [UInt8] = []
    private var frames: [Frame] = []
    /// The members of all open objects, innermost last.
    private var members: [Member] = []
    private var hasDuplicates = false
    private var edits: BodyEdits
    private var mask: VolatileText
    /// Tokens before this place are left out.
    private var skippedUntil = 0

    private struct Frame {
        let start: Int
        let isObject: Bool
        let firstMember: Int
    }

    private struct Member {
        let start: Int
        let nameEnd: Int
    }

    /// The canonical text of a value; nil when an object in it has two members of one name, since nothing says
    /// which one counts.
    static func text(of value: RawJSON, edits: BodyEdits, mask: VolatileText) -> [UInt8]? {
        var body = CanonicalBody(edits: edits, mask: mask)
        let source = value.bytes
        value.forEachToken { body.take($0, of: source) }
        return body.hasDuplicates ? nil : body.bytes
    }

    /// - Parameter edits: the ranges of each list in the order of the text.
    private init(edits: BodyEdits, mask: VolatileText) {
        self.edits = edits
        self.mask = mask
        // Taken from the end, as the text goes on.
        self.edits.dropped.reverse()
        self.edits.masked.reverse()
        self.edits.emptied.reverse()
    }

    private mutating func take(_ token: JSONToken, of source: ArraySlice<UInt8>) {
        guard token.range.lowerBound >= skippedUntil else { return }
        switch token.kind {
        case .endObject, .endArray: return close()
        case .name: return open(name: token, of: source)
        default: break
        }
        if isSkipped(token) { return }
        switch token.kind {
        case .beginObject, .beginArray:
            let isObject = token.kind == .beginObject
            frames.append(Frame(start: bytes.count, isObject: isObject, firstMember: members.count))
            bytes.append(UInt8(ascii: isObject ? "{" : "["))
            return
        case .string: append(string: token, of: source)
        default: bytes.append(contentsOf: source[token.range])
        }
        endValue()
    }

    private mutating func open(name: JSONToken, of source: ArraySlice<UInt8>) {
        let start = bytes.count
        RawJSON.appendCanonical(string: source[name.range], isEscaped: name.isEscaped, to: &bytes)
        members.append(Member(start: start, nameEnd: bytes.count))
        bytes.append(UInt8(ascii: ":"))
    }

    /// Whether an edit leaves out the value that begins with this token.
    private mutating func isSkipped(_ token: JSONToken) -> Bool {
        if Self.passes(&edits.dropped, token) {
            skippedUntil = token.range.lowerBound + 1
            if let end = edits.dropped.popLast()?.upperBound { skippedUntil = end }
            if frames.last?.isObject == true, let member = members.popLast() {
                bytes.removeSubrange(member.start...)
            }
            return true
        }
        if Self.passes(&edits.emptied, token), let range = edits.emptied.popLast() {
            skippedUntil = range.upperBound
            bytes.append(Self.emptied)
            endValue()
            return true
        }
        return false
    }

    /// Whether the next range that has not been passed begins at this token.
    private static func passes(_ ranges: inout [Range<Int>], _ token: JSONToken) -> Bool {
        while let next = ranges.last, next.lowerBound < token.range.lowerBound { ranges.removeLast() }
        return ranges.last?.lowerBound == token.range.lowerBound
    }

    private mutating func append(string token: JSONToken, of source: ArraySlice<UInt8>) {
        while let next = edits.masked.last, next.upperBound <= token.range.lowerBound {
            edits.masked.removeLast()
        }
        guard let range = edits.masked.last, range.lowerBound <= token.range.lowerBound else {
            return RawJSON.appendCanonical(
                string: source[token.range], isEscaped: token.isEscaped, to: &bytes)
        }
        var masked: [UInt8] = []
        mask.append(Array(RawJSON.text(ofString: source[token.range]).utf8), to: &masked)
        RawJSON.appendCanonical(text: String(decoding: masked, as: UTF8.self), to: &bytes)
    }

    private mutating func endValue() {
        if !frames.isEmpty { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func close() {
        guard let frame = frames.popLast() else { return }
        if frame.isObject { sortMembers(of: frame) }
        bytes.append(UInt8(ascii: frame.isObject ? "}" : "]"))
        if bytes.count - frame.start > Self.longest {
            let digest = ContentHash.of(bytes[frame.start...])
            bytes.removeSubrange(frame.start...)
            bytes.append(Self.hash)
            bytes.append(contentsOf: digest)
        }
        endValue()
    }

    private mutating func sortMembers(of frame: Frame) {
        let own = members[frame.firstMember...]
        defer { members.removeSubrange(frame.firstMember...) }
        guard let first = own.first, own.count > 1 else { return }
        if zip(own, own.dropFirst()).allSatisfy({ precedes($0, $1) }) { return }
        let order = own.indices.sorted { precedes(own[$0], own[$1]) }
        if zip(order, order.dropFirst()).contains(where: { !precedes(own[$0], own[$1]) }) {
            hasDuplicates = true
        }
        var sorted: [UInt8] = []
        sorted.reserveCapacity(bytes.count - first.start)
        for index in order {
            let end = index + 1 < own.endIndex ? own[index + 1].start : bytes.count
            sorted += bytes[own[index].start..<end]
        }
        bytes.replaceSubrange(first.start..., with: sorted)
    }

    private func precedes(_ left: Member, _ right: Member) -> Bool {
        bytes[left.start..<left.nameEnd].lexicographicallyPrecedes(bytes[right.start..<right.nameEnd])
    }
}
