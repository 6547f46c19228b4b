import SidestepModel

/// Which checkpoints of graphs a list shows, the newest first; nil does not restrict.
public struct GraphFilter: Sendable {
    /// The uid whose graphs these are: nobody sees those of another one, an administrator neither.
    public var user: UserID
    /// Only this thread, by its whole name.
    public var thread: String?
    /// Only this namespace; empty is the graph's own, nil any.
    public var namespace: String?
    /// Only the checkpoint of this id; another place may have one of the same.
    public var id: String?
    /// Only ids below this one.
    public var before: String?
    /// An object: members of the metadata and their values.
    public var metadata: Payload?
    /// Where the page before ended.
    public var after: (id: String, key: Int64)?
    /// How many a page has at most.
    public var limit = 100

    /// All checkpoints of that user.
    public init(user: UserID) { self.user = user }
}

/// What hangs on what in a graph: a checkpoint without its state.
public struct GraphLink: Sendable, Equatable {
    /// The store's own number of the checkpoint.
    public var key: Int64
    /// Its id, unique in its place.
    public var id: String
    /// The id of the checkpoint it came from; nil of a first one.
    public var parent: String?
    /// The channels that its state holds: a JSON array of names.
    public var channels: Payload?
    /// The channels whose state is in the writes since their last snapshot: pruning keeps ancestors back to it.
    public var deltas: Payload?

    /// A checkpoint as pruning and `graph.delta_history` look at it.
    public init(key: Int64, id: String, parent: String?, channels: Payload?, deltas: Payload?) {
        self.key = key
        self.id = id
        self.parent = parent
        self.channels = channels
        self.deltas = deltas
    }
}

/// A place in the writes at a checkpoint, in the order of task and number.
public struct GraphWritePlace: Sendable, Equatable {
    /// The id of the task that wrote it.
    public var task: String
    /// The write's index in the task.
    public var number: Int64
    /// About how many bytes the write there has; no part of the place.
    public var bytes = 0

    /// The place of a write, which need not be there.
    public init(task: String, number: Int64, bytes: Int = 0) {
        self.task = task
        self.number = number
        self.bytes = bytes
    }

    /// Before all of them.
    public static let first = GraphWritePlace(task: "", number: .min)
}

/// Looks at saved states of graphs: the tables `graph_place`, `graph_checkpoint`, `graph_value`, `graph_write`.
public protocol GraphReading: AnyObject {
    /// The key of a thread and namespace of a user.
    func graphPlace(user: UserID, thread: String, namespace: String) throws(Failure) -> Int64?
    /// All namespaces of a thread, with their keys.
    func graphPlaces(user: UserID, thread: String) throws(Failure) -> [(key: Int64, namespace: String)]
    /// The checkpoint with this id, or the newest one.
    func graphCheckpoint(place: Int64, id: String?) throws(Failure) -> GraphCheckpoint?
    /// Newest first by id; writes and values that are kept apart are read by themselves.
    func graphCheckpoints(_ filter: GraphFilter) throws(Failure) -> Page<GraphCheckpoint>
    /// The values that are kept apart from a checkpoint, by channel.
    func graphValues(checkpoint: Int64) throws(Failure) -> [(channel: String, value: GraphValue)]
    /// In the order in which the graph applies them: path, task, index.
    func graphWrites(place: Int64, checkpoint: String) throws(Failure) -> [GraphWrite]
    /// Links of a place below an id, newest first.
    func graphLinks(place: Int64, below id: String?, limit: Int) throws(Failure) -> [GraphLink]
    /// The link of one checkpoint; nil when it was pruned or never came.
    func graphLink(place: Int64, id: String) throws(Failure) -> GraphLink?
    /// The channels whose values are kept apart from a checkpoint.
    func graphValueChannels(checkpoint: Int64) throws(Failure) -> [String]
    /// The next place of a user behind this key.
    func graphPlace(user: UserID, after key: Int64) throws(Failure) -> Int64?
    /// Ids of a place behind this one, in their order, and whether one of the runs made the checkpoint.
    func graphCheckpoints(
        place: Int64, after id: String, madeBy runs: Payload, limit: Int
    ) throws(Failure) -> [(id: String, isMade: Bool)]
}

/// Saves, copies and deletes states of graphs; many rows at a time are left to chores.
public protocol GraphWriting: GraphReading {
    /// Makes a thread's namespace, which must not be there yet; returns its key.
    func addGraphPlace(user: UserID, thread: String, namespace: String) throws(Failure) -> Int64
    /// Saves a checkpoint with the values kept apart; one of the same id is replaced.
    func saveGraphCheckpoint(
        _ checkpoint: GraphCheckpoint, values: [(channel: String, value: GraphValue)]) throws(Failure)
    /// Adds a write; one of the same task and index is kept, or replaced.
    func saveGraphWrite(
        _ write: GraphWrite, place: Int64, checkpoint: String, replace: Bool) throws(Failure)
    /// Takes a thread in all its namespaces out of everybody's sight; answers with the keys of its places, whose
    /// rows are deleted as chores.
    func hideGraphThread(user: UserID, thread: String) throws(Failure) -> [Int64]
    /// Deletes checkpoints with the writes at them, in their order, until about `limit` rows.
    /// - Returns: how many are wholly gone.
    func deleteGraphCheckpoints(place: Int64, _ ids: [String], limit: Int) throws(Failure) -> Int
    /// The id of a place behind this one, of a checkpoint or of writes at one.
    func nextGraphID(place: Int64, after id: String) throws(Failure) -> String?
    /// Copies writes at a checkpoint behind a place in their order, until `limit` or about `maxBytes`.
    /// - Returns: the last one; nil when there are no more.
    func copyGraphWrites(
        from place: Int64, to target: Int64, at id: String, after: GraphWritePlace, limit: Int, maxBytes: Int
    ) throws(Failure) -> GraphWritePlace?
    /// Copies a checkpoint with its values, if there is one and the target has none.
    /// - Returns: about how many bytes were copied.
    func copyGraphCheckpoint(from place: Int64, to target: Int64, _ id: String) throws(Failure) -> Int
}
