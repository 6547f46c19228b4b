/// How many tokens so many bytes are, where nobody counted them.
enum Tokens {
    /// A token has three and a half bytes of English or code; rounded up.
    static func estimated(_ bytes: Int) -> Int64 { (Int64(max(0, bytes)).multipliedClamped(by: 2) + 6) / 7 }
}
