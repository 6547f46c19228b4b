import NIOCore
import SidestepHost
import SidestepModel

/// Reads long lines on a thread of its own, while their connections read no further: users take turns.
///
/// Checking a line of 60 MiB takes a tenth of a second, which the loop does not have.
final class LongLines: Sendable {
    private struct Order: Sendable {
        let parts: [[UInt8]]
        let caller: Caller
        let limits: Limits
        let done: NIOLoopBound<(PreparedFrame) -> Void>
    }

    private let loop: any EventLoop
    private let dispatcher: Dispatcher
    private let queue = Guarded(FairQueue<Order>())

    /// - Throws: when the system has no thread left.
    init(_ loop: any EventLoop, _ dispatcher: Dispatcher) throws {
        self.loop = loop
        self.dispatcher = dispatcher
        _ = try WorkerThread("long-lines", nice: 5) { self.work() }
    }

    /// Reads a line that came in parts; `done` is called on the loop.
    func read(
        _ parts: [[UInt8]], _ caller: Caller, _ limits: Limits, done: @escaping (PreparedFrame) -> Void
    ) {
        let order = Order(
            parts: parts, caller: caller, limits: limits, done: NIOLoopBound(done, eventLoop: loop))
        queue.change { $0.append(order, of: caller.peer.user) }
    }

    private func work() {
        while true {
            let order = queue.when { $0.popFirst() }
            let frame = dispatcher.prepare(Self.joined(order.parts), order.caller, order.limits)
            loop.execute { order.done.value(frame) }
        }
    }

    private static func joined(_ parts: [[UInt8]]) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(parts.reduce(0) { $0 + $1.count })
        for part in parts { line += part }
        return line
    }
}
