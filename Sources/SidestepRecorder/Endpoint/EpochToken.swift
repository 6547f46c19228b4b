/// What the agent of one start shows: unguessable, and of no use after that start.
struct EpochToken: Equatable {
    let text: String

    /// 128 random bits, as text that is at home in a path.
    init() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        // 22 digits of 6 bits.
        text = String(
            decoding: (0..<22).map { _ in alphabet[Int.random(in: 0..<64, using: &generator)] }, as: UTF8.self
        )
    }

    /// Whether it is this one, in a time that does not tell how much of it was right.
    func isShown(by other: String) -> Bool {
        let (ours, theirs) = (Array(text.utf8), Array(other.utf8))
        guard ours.count == theirs.count else { return false }
        return zip(ours, theirs).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
