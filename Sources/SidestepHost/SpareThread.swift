/// A thread that is there before it is needed, for work that must be done where the system has no other left.
public final class SpareThread: Sendable {
    private let work = Guarded<[@Sendable () -> Void]>([])

    /// Makes it. Throws `overloaded` when the system has no thread left.
    public init(_ name: String) throws {
        let work = work
        _ = try WorkerThread(name) {
            while true { work.when { $0.isEmpty ? nil : $0.removeFirst() }() }
        }
    }

    /// Does what blocks on a thread of its own, or on this one when there is none: behind what it has to do already.
    public func onThread(_ name: String, _ body: @escaping @Sendable () -> Void) {
        if (try? WorkerThread(name, body)) == nil { work.change { $0.append(body) } }
    }
}
