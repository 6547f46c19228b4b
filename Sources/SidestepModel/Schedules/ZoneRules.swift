/// A time zone: at which instants its clocks are set, and to what.
///
/// The data comes as bytes of a TZif file (RFC 9636); nothing here reads files. All times are seconds since
/// the epoch, UTC; offsets are seconds east of Greenwich.
public struct ZoneRules: Sendable, Equatable {
    /// From `start` (inclusive; `Int64.min`: ever) to `end` (exclusive; `Int64.max`: for ever) this offset
    /// holds.
    struct Segment: Equatable {
        var start: Int64
        var end: Int64
        var offset: Int64
    }

    /// The times at which the offset changes, ascending, with the offset from then on.
    let transitions: [(at: Int64, offset: Int64)]
    /// What holds before the first transition.
    let initialOffset: Int64
    /// What holds after the last transition: the rule in the file's last line.
    let rule: PosixZone?

    /// Coordinated universal time.
    public static let utc = ZoneRules(transitions: [], initialOffset: 0, rule: nil)

    /// Equal zones set their clocks alike; a name is no part of it.
    public static func == (left: ZoneRules, right: ZoneRules) -> Bool {
        left.initialOffset == right.initialOffset && left.rule == right.rule
            && left.transitions.elementsEqual(right.transitions) { $0 == $1 }
    }

    /// Seconds east of Greenwich at an instant.
    public func offset(at seconds: Int64) -> Int64 { segment(at: seconds).offset }

    /// What holds at an instant, and from when until when at least.
    func segment(at seconds: Int64) -> Segment {
        let place = transitions.partitioningIndex { $0.at > seconds }
        guard place == transitions.count, let rule else {
            return Segment(
                start: place == 0 ? .min : transitions[place - 1].at,
                end: place < transitions.count ? transitions[place].at : .max,
                offset: place == 0 ? initialOffset : transitions[place - 1].offset)
        }
        var segment = rule.segment(at: seconds)
        if let last = transitions.last { segment.start = max(segment.start, last.at) }
        return segment
    }

    /// The instant at which clocks show a wall time (seconds since 1970-01-01T00:00 on the wall).
    ///
    /// A wall time that comes twice means the first; one that is skipped means the moment the clocks are set.
    func instant(ofWall wall: Int64) -> Int64 {
        // Offsets lie within 26 hours (RFC 9636 allows more, no zone has it).
        var segment = segment(at: wall - 26 * 3600)
        while true {
            let instant = wall - segment.offset
            if instant < segment.end { return max(instant, segment.start) }
            segment = self.segment(at: segment.end)
        }
    }
}

extension Array {
    /// The first index whose element satisfies the predicate, which holds for all behind it.
    func partitioningIndex(where predicate: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
