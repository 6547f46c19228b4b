import SidestepModel
import SidestepStore

/// What runs have used in a stretch of time, also those that are removed.
public struct UsageOfRuns: Query {
    /// How long usage is kept.
    static let keptHours: Int64 = 400 * 24
    /// The stretch that is meant when nobody says one.
    static let usualMilliseconds: Int64 = 30 * 86_400_000

    /// By what it is told apart.
    public let grouping: UsageGrouping
    /// From the hour that this moment is in; nil is thirty days before the end.
    public var from: Instant?
    /// Until this moment; its hour counts. Nil is now.
    public var until: Instant?
    /// Only of this user's runs; nil those of everybody whom the caller may see.
    public var user: UserID?
    /// Only of runs of this workflow.
    public var workflow: String?
    /// Only of this model; empty is where nobody said which.
    public var model: String?
    /// Whose midnight begins a day.
    public var timeZone = "UTC"

    /// A call of `run.usage`.
    public init(by grouping: UsageGrouping) { self.grouping = grouping }

    /// One line of the answer.
    public struct Line: Sendable {
        /// The day (`2026-11-30`), the model, the workflow, or the number of the user.
        public var part: String
        /// Sums by name.
        public var usage: [(name: String, sum: Int64)] = []
        /// The same of what runs had recorded when they were taken up again, and did not pay again.
        public var saved: [(name: String, sum: Int64)] = []
    }

    /// The lines in their order: of days the oldest first, of others what used most first.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> [Line] {
        let zone = try call.environment.zones.required(timeZone)
        let end = until ?? call.now
        let begin = from ?? end.advanced(byMilliseconds: -Self.usualMilliseconds)
        var filter = UsageFilter(from: begin.hour, until: end.hour + 1)
        filter.user = try call.seen(user)
        (filter.workflow, filter.model) = (workflow, model)
        let sums = try store.usageSums(by: grouping, filter)
        guard grouping == .day else {
            return Self.lines(sums).sorted {
                $0.weight == $1.weight ? $0.part < $1.part : $0.weight > $1.weight
            }
        }
        return Self.lines(
            sums.map { sum in
                var sum = sum
                sum.part = Self.day(ofHour: Int64(sum.part) ?? 0, zone)
                return sum
            }
        ).sorted { $0.part < $1.part }
    }

    private static func lines(_ sums: [UsageSum]) -> [Line] {
        var parts: [String: [String: Int64]] = [:]
        for sum in sums { parts[sum.part, default: [:]][sum.name, default: 0] += sum.amount }
        return parts.map { part, sums in
            var line = Line(part: part)
            for (name, sum) in sums.sorted(by: { $0.key < $1.key }) {
                if let saved = SavedUsage.name(name) {
                    line.saved.append((name: saved, sum: sum))
                } else {
                    line.usage.append((name: name, sum: sum))
                }
            }
            return line
        }
    }

    /// The day on the wall of a zone in which an hour begins.
    private static func day(ofHour hour: Int64, _ zone: ZoneRules) -> String {
        let seconds = hour * 3600
        let wall = Instant(milliseconds: (seconds + zone.offset(at: seconds)) * 1000)
        return String(wall.text.prefix(while: { $0 != "T" }))
    }
}

extension UsageOfRuns.Line {
    /// What it is ordered by: the price, or else the tokens, or else the calls.
    fileprivate var weight: (Int64, Int64, Int64) {
        let sums = Dictionary(uniqueKeysWithValues: usage.map { ($0.name, $0.sum) })
        let tokens = sums["tokens"] ?? (sums["input_tokens"] ?? 0) + (sums["output_tokens"] ?? 0)
        return (sums["cost_micros"] ?? 0, tokens, sums["requests"] ?? 0)
    }
}
