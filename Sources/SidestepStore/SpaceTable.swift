import SidestepModel

/// Looks at what payloads take, row by row.
public protocol SpaceReading: AnyObject {
    /// Visits rows of a table behind a key in the order of their keys, `limit` at most, until `visit` says no.
    ///
    /// It reads the rows themselves: whoever counts all of them does it in many snapshots.
    func space(
        of part: SpacePart, after key: Int64, limit: Int, _ visit: (SpaceRow) -> Bool
    ) throws(Failure)
}
