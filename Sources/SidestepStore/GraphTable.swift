import SidestepModel

/// Which checkpoints of graphs a list shows, the newest first; nil does not restrict.
public struct GraphFilter: Sendable {
    public var user: Int64
    public var thread: String?
    public var namespace: String?
    public var id: String?
    /// Only ids below this one.
    public var before: String?
    /// An object: members of the metadata and their values.
    public var metadata: Payload?
    /// Where the page before ended.
    public var after: (id: String, key: Int64)?
    public var limit = 100

    public init(user: Int64) { self.user = user }
}

public protocol GraphReading: AnyObject {
    /// The key of a thread and namespace of a user.
    func graphPlace(user: Int64, thread: String, namespace: String) throws(Failure) -> Int64?
    /// All namespaces of a thread, with their keys.
    func graphPlaces(user: Int64, thread: String) throws(Failure) -> [(key: Int64, namespace: String)]
    /// The checkpoint with this id, or the newest one.
    func graphCheckpoint(place: Int64, id: String?) throws(Failure) -> GraphCheckpoint?
    func graphCheckpoints(_ filter: GraphFilter) throws(Failure) -> Page<GraphCheckpoint>
    /// The values that are kept apart from a checkpoint, by channel.
    func graphValues(checkpoint: Int64) throws(Failure) -> [(channel: String, value: GraphValue)]
    /// In the order in which the graph applies them: path, task, index.
    func graphWrites(place: Int64, checkpoint: String) throws(Failure) -> [GraphWrite]
}

public protocol GraphWriting: GraphReading {
    func addGraphPlace(user: Int64, thread: String, namespace: String) throws(Failure) -> Int64
    /// Saves a checkpoint with the values kept apart; one of the same id is replaced.
    func saveGraphCheckpoint(
        _ checkpoint: GraphCheckpoint, values: [(channel: String, value: GraphValue)]) throws(Failure)
    /// Adds a write; one of the same task and index is kept, or replaced.
    func saveGraphWrite(
        _ write: GraphWrite, place: Int64, checkpoint: String, replace: Bool) throws(Failure)
    /// Forgets a thread in all its namespaces; answers with how many there were.
    func deleteGraphThread(user: Int64, thread: String) throws(Failure) -> Int
    func deleteGraphCheckpoint(_ checkpoint: GraphCheckpoint) throws(Failure)
    /// Forgets the checkpoints that runs made, with the writes at them.
    func deleteGraphRuns(user: Int64, runs: Payload) throws(Failure) -> Int
    /// Copies checkpoints, values and writes from one place to another.
    func copyGraph(from place: Int64, to target: Int64) throws(Failure)
}
