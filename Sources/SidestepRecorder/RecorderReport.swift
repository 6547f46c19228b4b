import SidestepRecording

/// What a recorder has done, for the lines that its user reads at the end.
package struct RecorderReport: Sendable {
    /// Starts of the program.
    package var epochs = 0
    /// Calls that were let in.
    package var calls = 0
    /// Those that a recording answered.
    package var replayed = 0
    /// Those that were given what an earlier start had asked for and was still coming.
    package var attached = 0
    /// Those that were sent to a provider.
    package var live = 0
    /// Calls for which a recorded one was to be expected, and which were another.
    package var drifted = 0
    /// Of those that were sent, the ones that came to nothing.
    package var failed = 0
    /// Calls whose answers were read at the provider, which an earlier recorder had asked for.
    package var fetched = 0
    /// Calls that the daemon could not write down, and that went without.
    package var unrecorded = 0
    /// Tries that were made again by us, for clients that do not.
    package var repeated = 0
    /// Recordings of before whose bodies were deleted.
    package var forgotten = 0
    /// Requests that are not recorded: lists, files, polling.
    package var passed = 0
    /// Tokens of the recordings that were given again.
    package var savedTokens: Int64 = 0
    /// Calls that were sent again although a try of them may have been paid for: `LostTries`.
    package var paidTwice = LostTries.Sum()
    /// Requests of sessions that run at the provider: method and path.
    package var hosted: Set<String> = []
    /// Recordings whose answers are drawn again, because the program ended after them again and again.
    package var rerolled: [Int64] = []
    /// The first call that was none of those before.
    package var divergence: Divergence?
    /// What went wrong, each once.
    package private(set) var problems: [String] = []

    /// A request that was not recorded, and the one that was to be expected.
    package struct Divergence: Sendable {
        /// Its number; nil where it was refused.
        package let recording: Int64?
        /// The one that was to be expected; nil where all were made again.
        package let expected: Int64?
        /// Where both differ first, and what would cure it; nil where the requests were not kept.
        package var drift: Drift?

        init(recording: Int64?, expected: Int64?) { (self.recording, self.expected) = (recording, expected) }
    }

    mutating func note(_ problem: String) { if !problems.contains(problem) { problems.append(problem) } }
}
