import SidestepModel

/// What the store tells of itself, on the thread that noticed it.
public enum StoreNews: Sendable {
    /// Something failed, and goes on failing until it is said to have recovered.
    case failed(StorageCondition.State, String, StorageCondition.Part)
    case recovered(StorageCondition.Part)
    /// The reserve for a full disk was given up, or is there again.
    case reserve(isHeld: Bool)
}
