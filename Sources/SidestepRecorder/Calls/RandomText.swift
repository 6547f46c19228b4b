import SidestepRecording

/// Texts that nobody guesses.
enum RandomText {
    /// 128 bits in hexadecimal.
    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        return Hexadecimal.text((0..<16).map { _ in generator.next() as UInt8 })
    }
}
