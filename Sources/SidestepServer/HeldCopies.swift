import SidestepModel
import SidestepStore
import Synchronization

/// Copies of the database that clients are reading: one at a time, as long as its connection is there.
final class HeldCopies: Sendable {
    /// A reader that asks for nothing for so long makes way for another one, milliseconds.
    static let idleMilliseconds: Int64 = 60_000

    private struct Held {
        let token: String
        let session: Int64
        let copy: any HeldCopy
        var read: Instant
    }

    private let held = Mutex<Held?>(nil)

    /// Refuses a further copy while one is being read.
    func requireRoom(at now: Instant) throws(Failure) {
        let isBusy = held.withLock { held in
            held.map { (0..<Self.idleMilliseconds).contains(now.milliseconds(since: $0.read)) } ?? false
        }
        guard isBusy else { return }
        throw Failure(
            .overloaded, "another connection reads a backup",
            hint: "Call again when it is done; one is read at a time.")
    }

    /// Takes a copy, in the place of any other; answers the token that reads it.
    func put(_ copy: any HeldCopy, _ session: Int64, _ random: any RandomSource, at now: Instant) -> String {
        let token = Identifiers.hex(random.bytes(16))
        held.withLock { $0 = Held(token: token, session: session, copy: copy, read: now) }
        return token
    }

    func copy(_ token: String, at now: Instant) throws(Failure) -> any HeldCopy {
        let found = held.withLock { held -> (any HeldCopy)? in
            guard held?.token == token else { return nil }
            held?.read = now
            return held?.copy
        }
        if let found { return found }
        throw Failure(
            .invalidArgument, "there is no such backup any more",
            hint: "`system.backup` without `path` begins one, which goes with its connection.")
    }

    /// Lets go of what was read to its end.
    func drop(_ token: String) { held.withLock { if $0?.token == token { $0 = nil } } }

    func sessionClosed(_ session: Int64) { held.withLock { if $0?.session == session { $0 = nil } } }
}
