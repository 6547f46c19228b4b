import SidestepModel
import SidestepStore

/// Keeps bodies and pieces of bodies, each once for a user.
struct BodyKeeper {
    private let store: any StoreTransaction
    private let user: UserID
    /// What equal bytes are known by is nothing to somebody who guesses them.
    private let secret: [UInt8]

    init(_ store: any StoreTransaction, user: UserID, _ call: CallContext) throws {
        (self.store, self.user) = (store, user)
        if let known = try store.recordingSecret(user: user) {
            secret = known
        } else {
            secret = call.environment.random.bytes(32)
            try store.insertRecordingSecret(secret, user: user)
        }
    }

    /// The key of these bytes.
    func keep(_ bytes: [UInt8]) throws -> Int64 {
        try store.keepRecordingBlock(bytes, user: user, secret: secret)
    }
}
