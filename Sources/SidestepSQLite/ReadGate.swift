import SidestepHost

/// The door through which readers come, closed for a moment when the log is to begin anew.
///
/// A log that is wholly copied into the database is written from its start again, unless somebody still reads in it.
/// Where one read follows another there is always somebody: the log grows without end, and each commit that makes the
/// file longer takes ten times as long (fdatasync(2) then writes its size as well). So whoever comes waits until those
/// who read are done, 50 ms at most: a page of a long list is a tenth of that or a fifth, on a busy machine all of it,
/// and a longer read is not waited for.
final class ReadGate: Sendable {
    /// How long one who comes waits, milliseconds.
    static let patience = 50

    private struct Door: Sendable {
        var inside = 0
        var isClosed = false
        var onQuiet: (@Sendable () -> Void)?

        /// nil when it is closed.
        mutating func letIn() -> Void? {
            if isClosed { return nil }
            inside += 1
            return ()
        }

        mutating func open() -> (@Sendable () -> Void)? {
            isClosed = false
            return onQuiet.take()
        }
    }

    private let patience: Int
    private let door = Guarded(Door())

    init(patience: Int = ReadGate.patience) { self.patience = patience }

    /// Lets a reader in, when the door is open or he has waited long enough.
    func enter() {
        if door.when(milliseconds: patience, { $0.letIn() }) != nil { return }
        // He does not wait any longer: nobody does.
        let told = door.change {
            $0.inside += 1
            return $0.open()
        }
        told?()
    }

    /// A reader is done.
    func leave() {
        let told = door.change {
            $0.inside -= 1
            return $0.inside == 0 ? $0.onQuiet.take() : nil
        }
        told?()
    }

    /// Closes the door until `open`; tells once, on any thread, when nobody reads any more, or when it was waited for
    /// long enough. Closing a closed door does nothing.
    func close(onQuiet told: @escaping @Sendable () -> Void) {
        let isQuiet = door.change {
            if $0.isClosed { return false }
            $0.isClosed = true
            if $0.inside > 0 { $0.onQuiet = told }
            return $0.inside == 0
        }
        if isQuiet { told() }
    }

    /// Opens the door; it may be open.
    func open() { _ = door.change { $0.open() } }
}
