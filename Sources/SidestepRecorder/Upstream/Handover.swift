import NIOConcurrencyHelpers
import NIOCore
import SidestepHTTPClient

/// What the thread of libcurl hands to the loop of the recorder, in its order: it waits for nobody.
final class Handover: Sendable {
    enum Event: Sendable {
        case head(ReplyHead)
        case bytes([UInt8])
        case ended(HTTPFailure?)
    }

    private struct Queue {
        var events: [Event] = []
        var isScheduled = false
    }

    private let queue = NIOLockedValueBox(Queue())
    private let loop: any EventLoop
    private let take: @Sendable ([Event]) -> Void

    /// - Parameter take: gets what has come since, on the loop.
    init(_ loop: any EventLoop, _ take: @escaping @Sendable ([Event]) -> Void) {
        (self.loop, self.take) = (loop, take)
    }

    func put(_ event: Event) {
        let isFirst = queue.withLockedValue { queue in
            queue.events.append(event)
            defer { queue.isScheduled = true }
            return !queue.isScheduled
        }
        if isFirst { loop.execute { self.hand() } }
    }

    private func hand() {
        let events = queue.withLockedValue { queue in
            defer { queue = Queue() }
            return queue.events
        }
        take(events)
    }
}
