/// Texts that nobody guesses.
enum RandomText {
    /// 128 bits in hexadecimal.
    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        return hexadecimal((0..<16).map { _ in generator.next() as UInt8 })
    }

    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
