import SidestepProtocol

/// What a step is called with, as a short text: the same for the same arguments in every process.
enum Fingerprint {
    /// A text of up to so many characters stands as it is, so that people can read it.
    private static let plain = 120
    /// Of a longer one so many stand before its hash.
    private static let head = 80

    /// The fingerprint of a call with these arguments, whose objects have their keys in order.
    static func of(_ arguments: [RawJSON]) -> String {
        let text = "[" + arguments.map(\.text).joined(separator: ",") + "]"
        guard text.count > plain else { return text }
        return "\(text.prefix(head))…\(digest(text))"
    }

    /// 16 hexadecimal digits that stand for a text.
    static func digest(_ text: String) -> String { String(SHA256.hexDigest(of: Array(text.utf8)).prefix(16)) }
}
