import SidestepModel
import SidestepStore

/// Lets time pass in a daemon that was started for tests.
public struct AdvanceTime: Command {
    let milliseconds: Int64

    /// - Parameter milliseconds: how much; what is due then is done after the commit.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Answers with the time it is then; `not_permitted` where time is the host's.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Instant {
        guard call.environment.testTime != nil else {
            throw Failure(
                .notPermitted, "the time of this daemon is the host's, and nobody moves it",
                hint:
                    "Start a daemon for tests: `sidestepd --test-time 0`, with a socket and a database of its own."
            )
        }
        call.after(.timePasses(milliseconds))
        return call.now.advanced(byMilliseconds: milliseconds)
    }
}
