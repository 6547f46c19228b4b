import SidestepHTTPClient
import Glibc

/// Puts secrets into the place of `{credential:NAME}`, and takes them out of what comes back.
struct SecretText {
    /// Finds a secret by its name.
    typealias Source = @Sendable (String) -> Result<SecretBytes, CredentialProblem>

    private let source: Source
    /// The forms in which the secrets put in so far can come back: as they are, and within a JSON string.
    private var forms: [(bytes: SecretBytes, name: String)] = []

    init(_ source: @escaping Source) { self.source = source }

    private static let opening = Array("{credential:".utf8)

    /// Whether a text names a secret.
    static func isNamed(in bytes: some Collection<UInt8>) -> Bool {
        let text = Array(bytes)
        return text.indices.contains { text[$0] == opening[0] && text[$0...].starts(with: opening) }
    }

    /// The bytes with their secrets.
    ///
    /// - Parameter isJSON: whether secrets are escaped as within a JSON string.
    /// - Throws: `CredentialProblem` when there is none of that name.
    mutating func resolve(
        _ bytes: some Collection<UInt8>, isJSON: Bool = false
    ) throws(CredentialProblem) -> SecretBytes {
        let text = Array(bytes)
        let result = SecretBytes(capacity: text.count + 256)
        var index = 0
        while index < text.count {
            guard text[index] == Self.opening[0], text[index...].starts(with: Self.opening),
                let end = text[index...].firstIndex(of: UInt8(ascii: "}"))
            else {
                result.append(CollectionOfOne(text[index]))
                index += 1
                continue
            }
            let name = String(decoding: text[(index + Self.opening.count)..<end], as: UTF8.self)
            let secret = try secret(name)
            result.append(isJSON ? Self.escaped(secret) : secret)
            index = end + 1
        }
        return result
    }

    private mutating func secret(_ name: String) throws(CredentialProblem) -> SecretBytes {
        guard !name.isEmpty, !name.hasPrefix("."), !name.contains("/"), !name.contains("\0") else {
            throw CredentialProblem(message: "'\(name.prefix(100))' is no name of a credential")
        }
        let secret = try source(name).get()
        if !secret.isEmpty, !forms.contains(where: { $0.name == name }) {
            forms += [(secret, name), (Self.escaped(secret), name)]
            // One secret may begin with another: the longest is taken out first.
            forms.sort { $0.bytes.count > $1.bytes.count }
        }
        return secret
    }

    /// The bytes of the longest form; 0 without secrets.
    var longest: Int { forms.first?.bytes.count ?? 0 }

    /// The bytes with every secret taken out again: a server may send back what it got.
    func masked(_ bytes: some Collection<UInt8>) -> [UInt8] {
        bytes.withContiguousStorageIfAvailable { masked($0) } ?? masked(Array(bytes))
    }

    private func masked(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        if forms.isEmpty { return Array(bytes) }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let form = forms.first { $0.bytes[0] == bytes[index] && Self.has($0.bytes, at: index, bytes) }
            if let form {
                result += Array("{credential:\(form.name)}".utf8)
            } else {
                result.append(bytes[index])
            }
            index += form?.bytes.count ?? 1
        }
        return result
    }

    /// Whether a secret stands in the bytes.
    func isIn(_ bytes: SecretBytes) -> Bool {
        !forms.isEmpty
            && bytes.withContiguousStorageIfAvailable { all in
                all.indices.contains { index in forms.contains { Self.has($0.bytes, at: index, all) } }
            } == true
    }

    private static func has(
        _ part: SecretBytes, at index: Int, _ bytes: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        guard bytes.count - index >= part.count else { return false }
        return part.withUnsafeBytes { memcmp($0.baseAddress!, bytes.baseAddress! + index, part.count) == 0 }
    }

    func masked(_ text: String) -> String {
        forms.isEmpty ? text : String(decoding: masked(Array(text.utf8)), as: UTF8.self)
    }

    /// As it stands within a string of JSON, RFC 8259 §7; as our own writer escapes it.
    private static func escaped(_ secret: SecretBytes) -> SecretBytes {
        let result = SecretBytes(capacity: secret.count + 16)
        for byte in secret {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): result.append([UInt8(ascii: "\\"), byte])
            case 0x0a: result.append("\\n".utf8)
            case 0x0d: result.append("\\r".utf8)
            case 0x09: result.append("\\t".utf8)
            case ..<0x20:
                result.append("\\u00".utf8)
                result.append([byte >> 4, byte & 15].map { Array("0123456789abcdef".utf8)[Int($0)] })
            default: result.append(CollectionOfOne(byte))
            }
        }
        return result
    }
}
