import SidestepProtocol
import Synchronization

/// Begins of steps, told late or not at all.
extension Connection {
    /// Tells that a step begins, unless it is taken back within some milliseconds.
    ///
    /// - Returns: its number, for `withdraw`.
    func begin(_ params: @escaping HeldBegins.Params) -> Int {
        let (number, needsClock) = state.withLock { $0.begins.hold(params) }
        if needsClock { startClock() }
        return number
    }

    /// Takes a begin back; false when it was sent.
    func withdraw(_ number: Int) -> Bool { state.withLock { $0.begins.withdraw(number) } }

    private func startClock() {
        do {
            try Threads.start { [weak self] in
                repeat { Threads.pause(HeldBegins.round) } while self?.tellDueBegins() == true
            }
        } catch {
            flush { state in
                state.begins.stopClock()
                return state.takeBegins()
            }
        }
    }

    /// Sends what was held long enough; false when the clock stops.
    private func tellDueBegins() -> Bool {
        var goesOn = true
        flush { state in
            let due = state.begins.tick()
            goesOn = due != nil
            return state.enqueued(due ?? [])
        }
        return goesOn
    }
}
