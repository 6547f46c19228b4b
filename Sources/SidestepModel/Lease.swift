/// The text of a lease: an opaque word that carries run key, epoch and a secret.
///
/// The secret is what makes it unguessable; the database holds only its hash. The epoch grows with every
/// grant and is the fencing token that is compared at every write.
public struct LeaseText: Sendable, Equatable {
    /// The store's number of the run: a lease finds its run without the id.
    public var runKey: Int64
    /// The epoch of the grant: it is worth something while the run's is the same.
    public var epoch: Int64
    /// 32 hexadecimal digits.
    public var secret: String

    /// Names a grant; whether it is in force, the run's record says.
    public init(runKey: Int64, epoch: Int64, secret: String) {
        self.runKey = runKey
        self.epoch = epoch
        self.secret = secret
    }

    /// Reads a lease as it came over the wire; nil when it is none.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "l1", parts[3].utf8.count == 32,
            let key = Int64(parts[1]), let epoch = Int64(parts[2])
        else { return nil }
        self.init(runKey: key, epoch: epoch, secret: String(parts[3]))
    }

    /// `l1.<run key>.<epoch>.<secret>`; clients take it as one opaque word.
    public var text: String { "l1.\(runKey).\(epoch).\(secret)" }
}

/// How a caller shows that it acts for a run.
public enum LeaseProof: Sendable, Hashable {
    /// By the text of the lease.
    case text(String, run: String? = nil)
    /// By calling on the very connection that was granted it; with the run's id where it holds more than one.
    case session(run: String?)
}
