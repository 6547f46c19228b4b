import SidestepHash
import SidestepProtocol

/// How closely a request has to equal that of a recording.
public enum Rung: Int, Sendable, CaseIterable, Comparable {
    /// All of it.
    case exact
    /// All but what providers only count or route by.
    case inert
    /// As `inert`, and what is volatile in the results of tools may differ.
    case volatile
    /// As `volatile`, in any text.
    case masked
    /// As `inert`, and the results of tools may be any.
    case toolDrift

    /// From the closest on.
    public static func < (left: Rung, right: Rung) -> Bool { left.rawValue < right.rawValue }

    /// Whether each id of a tool's call in the request has to come from a recording of the run.
    public var isGuarded: Bool { self == .volatile || self == .toolDrift }
}

/// What a run's keys are made with.
public struct KeyOptions: Sendable, Equatable {
    /// What is masked in any text; empty for the rung not to be tried.
    public var mask: VolatileKinds
    /// Whether results of tools may be any.
    public var ignoresToolResults: Bool
    /// Members left out from the rung `inert` on besides the known ones, as names parted by dots.
    public var inert: [String]
    /// Directories for temporary files besides the usual ones.
    public var temporary: [String]

    /// What holds when a user says nothing.
    public init(
        mask: VolatileKinds = [], ignoresToolResults: Bool = false, inert: [String] = [],
        temporary: [String] = []
    ) {
        self.mask = mask
        self.ignoresToolResults = ignoresToolResults
        self.inert = inert
        self.temporary = temporary
    }
}

/// The keys of one call: equal keys, equal requests as far as their rung looks.
///
/// They are codes under the run's own secret, so that they confirm no guessed prompt.
public struct CallKeys: Sendable, Equatable {
    /// One text a rung, from the closest on; each begins with the number of its rung.
    public let texts: [String]
    /// The ids of tools' calls that the request holds.
    public let toolReferences: [String]

    /// The rung of one of the texts.
    public static func rung(of text: String) -> Rung? {
        text.utf8.first.flatMap { Rung(rawValue: Int($0) - Int(UInt8(ascii: "0"))) }
    }

    /// The keys of a request.
    ///
    /// - Parameter secret: 32 random bytes of the run.
    public init(of request: RecordedRequest, secret: [UInt8], options: KeyOptions = KeyOptions()) {
        var maker = KeyMaker(request: request, secret: secret, options: options)
        texts = maker.texts()
        toolReferences = maker.references
    }
}

private struct KeyMaker {
    let request: RecordedRequest
    let secret: [UInt8]
    let options: KeyOptions
    let head: [UInt8]
    let json: RawJSON?
    /// Those of its object: walked through once.
    let members: [(key: String, value: RawJSON)]
    let tools: ToolResults
    /// For a form or bytes, the same on every rung.
    var plain: [UInt8]?

    var references: [String] { plain == nil ? tools.references : [] }

    init(request: RecordedRequest, secret: [UInt8], options: KeyOptions) {
        self.request = request
        self.secret = secret
        self.options = options
        var head: [UInt8] = []
        RequestText.append(request, to: &head)
        self.head = head
        json = request.json
        members = json?.members ?? []
        tools = ToolResults(of: members)
        if json == nil { plain = Self.form(of: request) ?? Self.raw(request.body) }
    }

    mutating func texts() -> [String] {
        var edits = BodyEdits()
        if request.transport == .webSocket { edits.dropped = InertFields.ofFrames(in: members) }
        let exact = code(edits, VolatileText([]))
        let inert = code(dropping(&edits) ? edits : nil, VolatileText([]), else: exact)
        edits.masked = tools.contents
        let volatile = code(edits.masked.isEmpty ? nil : edits, mask(.all), else: inert)
        var keys: [(Rung, [UInt8])] = [(.exact, exact), (.inert, inert), (.volatile, volatile)]
        if !options.mask.isEmpty, let json {
            var all = edits
            all.masked = [json.bytes.indices]
            let mark = [options.mask.rawValue]
            keys.append((.masked, code(all, mask(options.mask, renames: true), extra: mark)))
        }
        if options.ignoresToolResults {
            edits.emptied = edits.masked
            edits.masked = []
            keys.append(
                (.toolDrift, code(edits.emptied.isEmpty ? nil : edits, VolatileText([]), else: inert)))
        }
        return keys.map { "\($0.0.rawValue):" + Base64.encode($0.1) }
    }

    private func mask(_ kinds: VolatileKinds, renames: Bool = false) -> VolatileText {
        let own = options.temporary.map { Array(($0.hasSuffix("/") ? $0 : $0 + "/").utf8) }
        return VolatileText(
            kinds, directories: VolatileText.directories + own, renamesUUIDs: renames)
    }

    /// Whether something is left out that was there.
    private func dropping(_ edits: inout BodyEdits) -> Bool {
        let inert = InertFields.places(in: members, besides: options.inert)
        edits.dropped = BodyEdits.apart(edits.dropped + inert)
        return !inert.isEmpty
    }

    /// A key; without edits the one that it would equal anyhow.
    private mutating func code(
        _ edits: BodyEdits?, _ mask: VolatileText, else same: [UInt8] = [], extra: [UInt8] = []
    ) -> [UInt8] {
        guard let edits else { return same }
        if plain != nil, !same.isEmpty { return same }
        let message = head + form(edits, mask) + extra
        return secret.withUnsafeBytes { MessageCode.sha256(key: $0, message) }
    }

    private mutating func form(_ edits: BodyEdits, _ mask: VolatileText) -> [UInt8] {
        if let plain { return plain }
        if let json, let text = CanonicalBody.text(of: json, edits: edits, mask: mask) {
            return Array("json".utf8) + [0] + text
        }
        let raw = Self.raw(request.body)
        plain = raw
        return raw
    }

    private static func form(of request: RecordedRequest) -> [UInt8]? {
        guard request.mediaType == "multipart/form-data" else { return nil }
        let type = request.values(of: "content-type").first ?? ""
        return FormBody.text(of: request.body, contentType: type).map { Array("form".utf8) + [0] + $0 }
    }

    private static func raw(_ body: [UInt8]) -> [UInt8] {
        Array("raw".utf8) + [0] + ContentHash.of(body)
    }
}
