/// When the events of an answer came, so that it can be given again at the same pace.
public struct ReplyPace: Sendable, Equatable {
    /// Milliseconds from the sending of the call to each event, in their order.
    public private(set) var moments: [Int] = []

    /// Of an answer of which nothing has come.
    public init() {}

    /// So many events are there by now; those that were not there before came at this moment after the sending.
    public mutating func note(events count: Int, at moment: Duration) {
        let milliseconds = max(Int(moment / .milliseconds(1)), moments.last ?? 0)
        while moments.count < count { moments.append(milliseconds) }
    }

    /// The pauses before moments that follow each other, the first from the sending on: small numbers, to be kept.
    public static func pauses(before moments: [Int]) -> [Int] {
        zip(moments, [0] + moments).map { max(0, $0 - $1) }
    }

    /// The moments again that pauses lead to.
    public static func moments(after pauses: [Int]) -> [Int] {
        var sum = 0
        return pauses.map { pause in
            sum = sum.addingReportingOverflow(max(0, pause)).partialValue
            return sum
        }
    }
}
