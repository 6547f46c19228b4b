import SidestepHash
import SidestepProtocol

/// Seals the bodies of a run's recordings, and opens them again.
///
/// Equal pieces of requests of one run, and of its forks, become equal bytes, so that the daemon still keeps each once.
/// For that the nonce follows from what is sealed (as in RFC 8452): nobody but who has the key can make it, and one
/// nonce comes twice for the same bytes alone.
public struct BodySeal: Sendable {
    /// What stands beside a recording so that it can be opened: a version, the name of the key, and what tells the run
    /// from others.
    public let label: String

    private static let version = "1"
    private let key: [UInt8]
    private let nonceKey: [UInt8]

    /// For what is recorded of a run.
    ///
    /// - Parameter secret: the run's, from the daemon: its forks have the same.
    public init(_ key: RecordingKey, run secret: [UInt8]) {
        let salt = secret.withUnsafeBytes { MessageCode.sha256(key: $0, Array("sidestep seal".utf8)) }.prefix(
            16)
        self.init(key, salt: Array(salt))
    }

    /// For what stands beside this label.
    public init(_ key: RecordingKey?, label: String) throws(SealProblem) {
        let parts = label.split(separator: ":")
        guard parts.count == 3, parts[0] == Self.version, let salt = Hexadecimal.bytes(String(parts[2]))
        else {
            throw .unknown
        }
        let name = String(parts[1])
        guard let key else { throw .noKey(name) }
        if key.name != name { throw .otherKey(name, given: key.name) }
        self.init(key, salt: salt)
    }

    private init(_ key: RecordingKey, salt: [UInt8]) {
        label = "\(Self.version):\(key.name):\(Hexadecimal.text(salt))"
        self.key = key.derived("bodies of recordings", salt)
        nonceKey = key.derived("nonces of recordings", salt)
    }

    // MARK: Pieces

    /// Length in four bytes, nonce, sealed bytes.
    private func piece(_ bytes: [UInt8], _ context: [UInt8]) -> [UInt8] {
        let length = UInt32(context.count)
        let told = withUnsafeBytes(of: length.littleEndian) { Array($0) } + context + bytes
        let nonce = Array(code(nonceKey, told).prefix(SealedBytes.nonceBytes))
        let sealed = nonce + SealedBytes.seal(bytes, key: key, nonce: nonce, context: context)
        return withUnsafeBytes(of: UInt32(sealed.count).bigEndian) { Array($0) } + sealed
    }

    /// Takes the next piece; nil where there is none, or it is not what it has to be.
    private func take(_ sealed: inout ArraySlice<UInt8>, _ context: [UInt8]) -> [UInt8]? {
        guard let length = Self.length(&sealed), length >= SealedBytes.nonceBytes, length <= sealed.count
        else { return nil }
        let whole = sealed.prefix(length)
        sealed = sealed.dropFirst(length)
        return SealedBytes.open(
            whole.dropFirst(SealedBytes.nonceBytes), key: key, nonce: whole.prefix(SealedBytes.nonceBytes),
            context: context)
    }

    private static func length(_ sealed: inout ArraySlice<UInt8>) -> Int? {
        guard sealed.count >= 4 else { return nil }
        defer { sealed = sealed.dropFirst(4) }
        return sealed.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    }

    private func code(_ key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        key.withUnsafeBytes { MessageCode.sha256(key: $0, bytes) }
    }

    private static func context(_ what: String, of call: String) -> [UInt8] { Array("\(what)\0\(call)".utf8) }

    // MARK: Requests

    /// A request piece by piece, and behind them what binds them to each other and to their call.
    ///
    /// - Parameters:
    ///   - cuts: where its pieces begin, rising.
    ///   - call: the exact key of the call.
    /// - Returns: the bytes to be kept, and where the sealed pieces begin.
    public func seal(request: [UInt8], cuts: [Int], of call: String) -> (bytes: [UInt8], cuts: [Int]) {
        var (sealed, ends): ([UInt8], [Int]) = ([], [])
        var start = 0
        for end in cuts.prefix(RequestPieces.limit - 1) + [request.count] where end > start {
            sealed += piece(Array(request[start..<end]), Self.context("piece", of: ""))
            ends.append(sealed.count)
            start = end
        }
        sealed += piece(code(nonceKey, request), Self.context("request", of: call))
        return (sealed, ends)
    }

    /// - Throws: `SealProblem.changed`.
    public func open(request sealed: [UInt8], of call: String) throws(SealProblem) -> [UInt8] {
        var (left, request): (ArraySlice<UInt8>, [UInt8]) = (sealed[...], [])
        while true {
            let before = left
            if let piece = take(&left, Self.context("piece", of: "")) {
                request += piece
                continue
            }
            left = before
            guard take(&left, Self.context("request", of: call)) == code(nonceKey, request), left.isEmpty
            else {
                throw .changed
            }
            return request
        }
    }

    // MARK: Answers

    /// An answer with its parts: how long they are tells much of what was said.
    ///
    /// - Parameter call: the exact key of the call.
    public func seal(answer: [UInt8], in parts: ReplyParts, of call: String) -> [UInt8] {
        let head = RawJSON.build { writer in
            writer.beginObject()
            parts.write(to: &writer)
            writer.endObject()
        }
        return piece(head.bytes + [0x0A] + answer, Self.context("answer", of: call))
    }

    /// - Throws: `SealProblem.changed`.
    public func open(answer sealed: [UInt8], of call: String) throws(SealProblem) -> (
        body: [UInt8], parts: ReplyParts
    ) {
        var left = sealed[...]
        guard let opened = take(&left, Self.context("answer", of: call)), left.isEmpty,
            let end = opened.firstIndex(of: 0x0A), let head = try? RawJSON(parsing: Array(opened[..<end]))
        else { throw .changed }
        return (Array(opened[(end + 1)...]), ReplyParts(kept: head))
    }
}
