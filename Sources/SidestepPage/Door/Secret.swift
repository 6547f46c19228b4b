/// A text that nobody guesses, of 256 bits of the kernel's.
struct Secret: Equatable {
    let text: String

    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    init(text: String) { self.text = text }

    /// - Parameter generator: where its bits come from: the system's, but in tests.
    init(from generator: inout some RandomNumberGenerator) {
        // 43 digits of 6 bits.
        let digits = (0..<43).map { _ in Self.alphabet[Int.random(in: 0..<64, using: &generator)] }
        text = String(decoding: digits, as: UTF8.self)
    }

    init() {
        var generator = SystemRandomNumberGenerator()
        self.init(from: &generator)
    }

    /// Whether it is this one, in a time that does not tell how much of it was right.
    func isShown(by other: some StringProtocol) -> Bool {
        let (ours, theirs) = (Array(text.utf8), Array(other.utf8))
        guard ours.count == theirs.count else { return false }
        return zip(ours, theirs).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
