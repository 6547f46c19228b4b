import SidestepProtocol

/// Puts secrets into the place of `{credential:NAME}`, and takes them out of what comes back.
struct SecretText {
    private let credentials: Credentials
    /// The secrets put in so far, by name.
    private(set) var used: [(name: String, secret: [UInt8])] = []

    init(_ credentials: Credentials) { self.credentials = credentials }

    private static let opening = Array("{credential:".utf8)

    /// The bytes with their secrets.
    ///
    /// - Parameter isJSON: whether secrets are escaped as within a JSON string.
    /// - Throws: `CredentialProblem` when there is none of that name.
    mutating func resolve(_ bytes: some Collection<UInt8>, isJSON: Bool = false) throws(CredentialProblem)
        -> [UInt8]
    {
        let text = Array(bytes)
        var result: [UInt8] = []
        var index = 0
        while index < text.count {
            guard text[index] == Self.opening[0], text[index...].starts(with: Self.opening),
                let end = text[index...].firstIndex(of: UInt8(ascii: "}"))
            else {
                result.append(text[index])
                index += 1
                continue
            }
            let name = String(decoding: text[(index + Self.opening.count)..<end], as: UTF8.self)
            let secret = try secret(name)
            result += isJSON ? Self.escaped(secret) : secret
            index = end + 1
        }
        return result
    }

    private mutating func secret(_ name: String) throws(CredentialProblem) -> [UInt8] {
        guard !name.isEmpty, !name.hasPrefix("."), !name.contains("/"), !name.contains("\0") else {
            throw CredentialProblem(message: "'\(name.prefix(100))' is no name of a credential")
        }
        let secret = try credentials.secret(name).get()
        if !used.contains(where: { $0.name == name }) { used.append((name, secret)) }
        return secret
    }

    /// The bytes with every secret taken out again: a server may send back what it got.
    func masked(_ bytes: [UInt8]) -> [UInt8] {
        var result = bytes
        for (name, secret) in used where !secret.isEmpty {
            for form in [secret, Self.escaped(secret)] {
                result = Self.replacing(form, with: Array("{credential:\(name)}".utf8), in: result)
            }
        }
        return result
    }

    func masked(_ text: String) -> String {
        used.isEmpty ? text : String(decoding: masked(Array(text.utf8)), as: UTF8.self)
    }

    private static func escaped(_ secret: [UInt8]) -> [UInt8] {
        let text = RawJSON.build { $0.value(String(decoding: secret, as: UTF8.self)) }
        return Array(text.bytes.dropFirst().dropLast())
    }

    private static func replacing(_ part: [UInt8], with other: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while let place = bytes[index...].firstIndex(of: part[0]) {
            result += bytes[index..<place]
            let isFound = bytes[place...].starts(with: part)
            result += isFound ? other : [part[0]]
            index = place + (isFound ? part.count : 1)
        }
        return index == 0 ? bytes : result + bytes[index...]
    }
}
