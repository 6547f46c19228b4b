import SidestepModel

/// Looks at saved views: the table `view`.
public protocol ViewReading: AnyObject {
    /// All views of a user, in the order of their names' bytes.
    func views(user: UserID) throws(Failure) -> [ViewRecord]
}

/// Writes saved views.
public protocol ViewWriting: ViewReading {
    /// Puts a view; one of the same user and name gets the filter, and keeps when it was made.
    func putView(_ view: ViewRecord) throws(Failure)
    /// Removes a view.
    /// - Returns: whether there was one.
    func deleteView(user: UserID, name: String) throws(Failure) -> Bool
}
