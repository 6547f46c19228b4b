import SidestepModel

/// Finds a moment among rows that are numbered in the order of their moments, looking at few of them.
///
/// Doubling steps and then halves (Bentley and Yao, 1976): the cost grows with the logarithm of the distance. Where a
/// clock was set back the answer is one of several.
struct Seeking<Row> {
    let sequence: (Row) -> Int64
    let moment: (Row) -> Instant
    /// The first row at this sequence or behind it.
    let row: (Int64) throws(Failure) -> Row?

    /// The first row at `moment` or later, behind `start`; nil when there is none.
    ///
    /// - Parameter stride: about how far it is, and how far it was.
    func first(at target: Instant, behind start: Int64, stride: inout Int64) throws(Failure) -> Row? {
        var low = start
        var high = start
        var found: Row?
        var step = max(stride / 2, 1)
        repeat {
            let (next, overflow) = low.addingReportingOverflow(step)
            high = overflow ? .max : next
            found = try row(high)
            guard let passed = found, self.moment(passed) < target else { break }
            low = max(sequence(passed), high)
            step = step.multipliedReportingOverflow(by: 2).overflow ? .max : step * 2
        } while high < .max
        while low + 1 < high {
            let middle = low + (high - low) / 2
            let between = try row(middle)
            if let between, self.moment(between) < target {
                low = max(sequence(between), middle)
            } else {
                (high, found) = (middle, between)
            }
        }
        stride = max(high - start, 1)
        return found
    }
}
