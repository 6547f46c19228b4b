import SidestepHash
import SidestepProtocol

/// A user's key for the bodies of recordings: 32 bytes that no daemon ever sees.
public struct RecordingKey: Sendable, Equatable {
    /// Bytes of a key.
    public static let count = 32

    private let bytes: [UInt8]

    /// By what it is told from other keys, 16 hexadecimal digits; nothing of the key follows from it.
    public let name: String

    /// Reads the content of a key's file: 32 bytes, or 64 hexadecimal digits or base64 that stand for so many, white
    /// space around them aside; nil for anything else.
    public init?(file content: [UInt8]) {
        if content.count == Self.count {
            self.init(content)
            return
        }
        let text = HeaderText.trimmed(
            String(decoding: content, as: UTF8.self).filter { $0 != "\n" && $0 != "\r\n" })
        guard let bytes = Hexadecimal.bytes(text) ?? Base64.decode(text), bytes.count == Self.count else {
            return nil
        }
        self.init(bytes)
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        let code = bytes.withUnsafeBytes { MessageCode.sha256(key: $0, Array("sidestep recording key".utf8)) }
        name = Hexadecimal.text(code.prefix(8))
    }

    /// A key of its own for each purpose.
    func derived(_ purpose: String, _ salt: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { MessageCode.sha256(key: $0, Array("sidestep \(purpose)\0".utf8) + salt) }
    }

    /// What the keys of a run's calls are made with: whoever has all that the daemon has of it, and not this key, can
    /// confirm no guess by them.
    ///
    /// - Parameter secret: the run's, from the daemon.
    public func secretOfKeys(run secret: [UInt8]) -> [UInt8] { derived("keys of calls", secret) }
}

/// Bytes as hexadecimal digits.
package enum Hexadecimal {
    package static func text(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Nil for anything but pairs of digits.
    static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count == text.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
