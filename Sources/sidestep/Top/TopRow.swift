/// One line of `sidestep top` that can be chosen.
struct TopRow: Equatable {
    /// What can be done about it, beside opening it.
    enum Kind: Equatable {
        /// Somebody waits for an answer under this name: a promise's, or a signal's.
        case question(name: String, isPromise: Bool)
        /// Nobody knows how this step ended.
        case unknown(step: String)
        case paused
        case failed
        case open
    }

    let run: String
    let kind: Kind
    /// In a word or two, what it is.
    let word: String
    /// The rest of the line.
    let text: String
    /// When it became so, milliseconds since the epoch; nil where nobody says.
    var since: Int?

    /// A row stays chosen when its text changes.
    func isSame(as other: TopRow) -> Bool { run == other.run && kind == other.kind }
}
