import SidestepModel

/// Which artifacts a list shows; nil does not restrict.
public struct ArtifactFilter: Sendable {
    /// The uid whose runs these belong to; nil for an administrator, who sees all.
    public var user: UserID?
    /// The key of the one run whose artifacts are shown.
    public var run: Int64?
    /// The one name of which versions are shown, of one run or of all.
    public var name: String?
    /// Only artifacts older than this key.
    public var before: Int64?
    /// How many a page has at most.
    public var limit = 100

    /// All artifacts of that user's runs, or of everybody's.
    public init(user: UserID?) { self.user = user }
}

/// Looks at the documents attached to runs, the table `artifact`.
public protocol ArtifactReading: AnyObject {
    /// The newest version of a run's artifact, or the one asked for.
    func artifact(run: Int64, name: String, version: Int64?) throws(Failure) -> ArtifactRecord?
    /// Newest first, without content.
    func artifacts(_ filter: ArtifactFilter) throws(Failure) -> Page<ArtifactRecord>
}

/// Adds versions; none is ever changed, and they go with their run.
public protocol ArtifactWriting: ArtifactReading {
    /// Adds a version where the run's epoch is still `epoch`; throws `lease_lost` otherwise.
    func insertArtifact(_ artifact: ArtifactRecord, epoch: Int64) throws(Failure)
}
