import SidestepModel

/// One thing that is the case with a run.
struct Finding {
    let reason: RunReason
    let sentence: String
    /// What comes of it.
    var next: String?
    /// The command line that changes it, as it stands.
    var command: String?

    init(_ reason: RunReason, _ sentence: String, next: String? = nil, command: String? = nil) {
        (self.reason, self.sentence, self.next, self.command) = (reason, sentence, next, command)
    }

    /// The same, where something before it says what is to be done.
    var fact: Finding { Finding(reason, sentence) }
}

/// Spans and lists of names as people read them.
enum Wording {
    static func span(_ milliseconds: Int64) -> String {
        let seconds = max(0, milliseconds) / 1000
        if seconds < 120 { return "\(seconds) s" }
        return seconds < 7200 ? "\(seconds / 60) min" : "\(seconds / 3600) h"
    }

    /// Names, and how many more there are.
    static func names(_ names: [String], of count: Int64? = nil) -> String {
        let shown = names.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
        let more = (count ?? Int64(names.count)) - Int64(min(3, names.count))
        return more > 0 ? shown + " and \(more) more" : shown
    }

    static func rate(_ rate: Rate) -> String { "\(rate.count) in \(span(rate.milliseconds))" }
}
