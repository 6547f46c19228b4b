import SidestepModel

/// Streams, artifacts, events and schedules as a few dictionaries.
struct AnnounceOracle {
    struct Stream: Equatable {
        var items: [String] = []
        /// Stays when the items are dropped.
        var count = 0
        var isClosed = false
        var isCompacted = false
    }

    struct Run {
        var epoch: Int64 = 0
        var streams: [String: Stream] = [:]
        var artifacts: [String: [String]] = [:]
    }

    struct Event: Equatable {
        let name: String
        let id: String?
    }

    struct Schedule {
        var overlap = Overlap.skip
        var isPaused = false
        var nextDue: Int64
        var waiting: Int64?
        /// Ids of its runs, and which of them are open.
        var runs: [String] = []
        var open: Set<String> = []
        var fired: Int64 = 0
        var skipped: Int64 = 0
        var missed: Int64 = 0
    }

    static let interval: Int64 = 1000
    static let catchUp: Int64 = 2500

    var runs: [String: Run] = [:]
    var events: [Event] = []
    var schedule: Schedule?
    var scheduleStart: Int64 = 0

    // MARK: Streams and artifacts

    /// The number of items after an append, or why it is refused.
    mutating func append(_ run: String, _ epoch: Int64, _ name: String, _ items: [String], from: Int?)
        -> Reply
    {
        guard runs[run]!.epoch == epoch else { return .refused(.leaseLost) }
        let before = runs[run]!
        var stream = before.streams[name] ?? Stream()
        let from = from ?? stream.count
        guard from <= stream.count else { return .refused(.invalidArgument) }
        let known = min(stream.count - from, items.count)
        if known > 0, !stream.isCompacted, stream.items[from..<(from + known)] != items[..<known] {
            return .refused(.invalidArgument)
        }
        let new = items[known...]
        if !new.isEmpty {
            if stream.isClosed { return .refused(.invalidArgument) }
            stream.items += new
            stream.count += new.count
        }
        runs[run]!.streams[name] = stream
        return .saved(messages: max(stream.count, from))
    }

    mutating func close(_ run: String, _ epoch: Int64, _ name: String, compact: Bool) -> Reply {
        guard runs[run]!.epoch == epoch else { return .refused(.leaseLost) }
        var stream = runs[run]!.streams[name] ?? Stream()
        if !stream.isClosed {
            stream.isClosed = true
            stream.isCompacted = compact
            if compact { stream.items = [] }
        }
        runs[run]!.streams[name] = stream
        return .saved(messages: stream.count)
    }

    mutating func put(_ run: String, _ epoch: Int64, _ name: String, _ content: String) -> Reply {
        guard runs[run]!.epoch == epoch else { return .refused(.leaseLost) }
        var versions = runs[run]!.artifacts[name] ?? []
        if versions.last != content { versions.append(content) }
        runs[run]!.artifacts[name] = versions
        return .saved(messages: versions.count)
    }

    // MARK: Events

    /// Whether the event had been announced before.
    mutating func emit(_ name: String, id: String?) -> Bool {
        if let id, events.contains(where: { $0.id == id }) { return true }
        events.append(Event(name: name, id: id))
        return false
    }

    // MARK: The schedule

    private func runID(_ due: Int64) -> String { "s/\(Instant(milliseconds: due).text)" }

    private mutating func fire(_ due: Int64) {
        schedule!.runs.append(runID(due))
        schedule!.open.insert(runID(due))
        schedule!.fired += 1
    }

    private var isLastOpen: Bool { schedule!.runs.last.map(schedule!.open.contains) ?? false }

    /// What is due by `now` is dealt with; nobody was there between `lastLook` and `now` if they differ.
    mutating func look(at now: Int64) {
        while let known = schedule, !known.isPaused, known.nextDue <= now {
            let due = known.nextDue
            schedule!.nextDue += Self.interval
            if now - due > Self.catchUp {
                schedule!.missed += 1
            } else if known.overlap == .allow {
                fire(due)
            } else if known.overlap == .skip, isLastOpen {
                schedule!.skipped += 1
            } else if known.overlap == .queue, isLastOpen, known.waiting == nil {
                schedule!.waiting = due
            } else if known.overlap == .queue, isLastOpen || known.waiting != nil {
                schedule!.skipped += 1
            } else {
                fire(due)
            }
        }
        startWaiting()
    }

    /// The due time that waits is started as soon as nothing stands in its way.
    mutating func startWaiting() {
        guard let known = schedule, !known.isPaused, let waiting = known.waiting, !isLastOpen else { return }
        schedule!.waiting = nil
        fire(waiting)
    }

    mutating func unpause(at now: Int64) {
        guard schedule!.isPaused else { return }
        schedule!.isPaused = false
        while schedule!.nextDue <= now { schedule!.nextDue += Self.interval }
        startWaiting()
    }
}
