import SidestepStore

/// A connection gives up a request that waits. It writes nothing: going the way of all calls, it comes after those that
/// were sent before it.
public struct CancelRequest: Command {
    /// The id of the request, as its caller wrote it.
    public let request: ArraySlice<UInt8>

    /// `rpc.cancel`: `request` are the bytes of its parameter `id`, compared as they stand.
    public init(request: ArraySlice<UInt8>) { self.request = request }

    /// Asks the coordinator to end that request of this very connection; one that has its answer already keeps it.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) {
        call.after(.requestCancelled(request))
    }
}
