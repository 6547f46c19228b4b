import SidestepModel

/// Why a daemon writes nothing more: it has to end.
public enum StoreEnd: Sendable {
    /// A sync failed: what the kernel kept of the write is unknown. Opening the database anew recovers what
    /// was acknowledged.
    case failedSync(Failure)
    /// The database or its log is not where it was: the next daemon will not find what is written now.
    case displaced

    /// What callers are told.
    public var failure: Failure {
        switch self {
        case .failedSync(let failure): failure
        case .displaced:
            Failure(
                .storageError, "the files of the database were removed or replaced; nothing was recorded",
                hint: "The daemon ends, and its log says what it could rescue.")
        }
    }
}
