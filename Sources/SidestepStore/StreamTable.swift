import SidestepModel

/// Looks at streams and their items: the tables `stream` and `stream_chunk`.
public protocol StreamReading: AnyObject {
    /// The run's stream of this name; nil when there is none yet.
    func stream(run: Int64, name: String) throws(Failure) -> StreamRecord?
    /// In the order in which they were opened.
    func streams(run: Int64) throws(Failure) -> [StreamRecord]
    /// The chunks that hold the items from `from` on, until they have `maxItems` of them or about `maxBytes`;
    /// always at least one if there is any.
    func streamChunks(
        stream: Int64, from: Int64, maxItems: Int64, maxBytes: Int
    ) throws(Failure) -> [StreamChunk]
}

/// Writes streams for the owner of a run.
public protocol StreamWriting: StreamReading {
    /// Opens a stream where the run's epoch is still `epoch`; throws `lease_lost` otherwise.
    func insertStream(run: Int64, name: String, at: Instant, epoch: Int64) throws(Failure) -> StreamRecord
    /// Adds items behind those there are, where the run's epoch is still `epoch`;
    /// throws `lease_lost` otherwise.
    func appendChunk(_ chunk: StreamChunk, to stream: StreamRecord, epoch: Int64) throws(Failure)
    /// Closes the stream where the run's epoch is still `epoch`, and drops its items if it is compacted;
    /// throws `lease_lost` otherwise.
    func closeStream(_ stream: StreamRecord, epoch: Int64) throws(Failure)
}
