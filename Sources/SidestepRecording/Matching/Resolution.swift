/// Which recording answers a request: the recordings of one run, and what the running epoch has been given.
///
/// The recordings are a multiset of keys and results; each epoch has its own record of what it was given. All
/// calls come from one place, one after the other.
public struct Resolution: Sendable {
    /// What answers a request.
    public enum Decision: Sendable, Equatable {
        /// A recorded answer, all of it.
        case replay(Delivery, Rung)
        /// An answer that is still coming: what is there, and then what follows.
        case attach(Delivery, Rung)
        /// The provider. With the first recording of the same endpoint that this epoch was not given, if there
        /// is one: what was to be expected.
        case live(expected: Int64?)
    }

    /// One client that is given one recording.
    public struct Delivery: Sendable, Hashable {
        /// The recording's number.
        public let recording: Int64
        fileprivate let serial: Int
    }

    /// What of a request matters besides its keys.
    public struct Asking: Sendable {
        let keys: CallKeys
        let place: String
        let retryCount: Int
        let idempotencyKey: String?

        /// A request with its keys.
        public init(_ request: RecordedRequest, keys: CallKeys) {
            self.keys = keys
            let path = request.target.prefix { $0 != "?" }
            place = "\(request.method) \(request.upstream) \(path)"
            retryCount = request.retryCount
            idempotencyKey = request.idempotencyKey
        }
    }

    var pool = RecordingPool()
    private var epoch = EpochState()
    private var serials = 0

    /// A run without recordings.
    public init() {}

    /// What this epoch was given whole.
    public var consumed: Set<Int64> { epoch.consumed }
    /// What it was given since its last request: where it stands.
    public var frontier: [Int64] { epoch.frontier }

    // MARK: Recordings

    /// Takes in a recording of an earlier supervisor: a completed one.
    ///
    /// - Parameters:
    ///   - place: method, upstream and path without its query, parted by spaces.
    ///   - toolReferences: the ids of tools' calls in its answer.
    public mutating func load(recording: Int64, keys: [String], place: String, toolReferences: [String]) {
        pool.insert(recording, keys: keys, place: place)
        pool.complete(recording, toolReferences: toolReferences)
    }

    /// A call has been recorded as begun and is sent; its asker waits for the answer.
    public mutating func began(recording: Int64, _ asking: Asking) -> Delivery {
        pool.insert(recording, keys: asking.keys.texts, place: asking.place)
        return open(recording, asking)
    }

    /// Its answer is recorded.
    public mutating func completed(recording: Int64, toolReferences: [String]) {
        pool.complete(recording, toolReferences: toolReferences)
    }

    /// It has no answer: it failed, was cancelled, or nobody knows.
    public mutating func failed(recording: Int64) {
        if let open = epoch.open[recording] { epoch.excuses[open.key, default: 0] += 1 }
        remove(recording)
    }

    /// Its answer is not to be given any more.
    public mutating func superseded(recording: Int64) { remove(recording) }

    private mutating func remove(_ recording: Int64) {
        pool.remove(recording)
        epoch.open[recording] = nil
    }

    // MARK: Epochs and deliveries

    /// The program begins anew: it has been given nothing.
    public mutating func newEpoch() { epoch = EpochState() }

    /// A client has all of a recording.
    public mutating func delivered(_ delivery: Delivery) {
        guard close(delivery) else { return }
        epoch.consumed.insert(delivery.recording)
        epoch.frontier.append(delivery.recording)
    }

    /// A client left before it had all: the recording is there for the next that asks.
    public mutating func broken(_ delivery: Delivery) { _ = close(delivery) }

    /// False for a delivery whose place another has taken, or of an earlier epoch.
    private mutating func close(_ delivery: Delivery) -> Bool {
        guard epoch.open[delivery.recording]?.serial == delivery.serial else { return false }
        epoch.open[delivery.recording] = nil
        return true
    }

    private mutating func open(_ recording: Int64, _ asking: Asking) -> Delivery {
        serials += 1
        let key = asking.keys.texts.first ?? ""
        epoch.open[recording] = EpochState.Open(serial: serials, key: key, retryCount: asking.retryCount)
        if let name = asking.idempotencyKey { epoch.named[name] = recording }
        return Delivery(recording: recording, serial: serials)
    }

    /// Whether there is a recording under the exact key of a request, given or not.
    public func knows(_ asking: Asking) -> Bool {
        asking.keys.texts.first.map { !pool.recordings(of: $0).isEmpty } ?? false
    }

    // MARK: Requests

    /// Says what answers a request.
    public mutating func resolve(_ asking: Asking) -> Decision {
        epoch.frontier.removeAll()
        if let recording = repeated(asking) { return give(recording, .exact, asking) }
        for text in asking.keys.texts {
            guard let rung = CallKeys.rung(of: text), isAllowed(rung, asking.keys) else { continue }
            let candidates = pool.recordings(of: text).lazy.filter(epoch.isFree)
            guard let first = candidates.first else { continue }
            if rung == .masked, candidates.dropFirst().first != nil { continue }
            return give(first, rung, asking)
        }
        return .live(expected: pool.expected(at: asking.place, epoch.isFree))
    }

    private mutating func give(_ recording: Int64, _ rung: Rung, _ asking: Asking) -> Decision {
        let delivery = open(recording, asking)
        return pool.isCompleted(recording) ? .replay(delivery, rung) : .attach(delivery, rung)
    }

    /// Ids of tools' calls cannot be guessed: who has them has read the answer that they come from.
    private func isAllowed(_ rung: Rung, _ keys: CallKeys) -> Bool {
        guard rung.isGuarded else { return true }
        return !keys.toolReferences.isEmpty && keys.toolReferences.allSatisfy(pool.knows)
    }

    /// The recording that the same client asked for before, where it says so.
    ///
    /// A recording whose client seems to be there still is taken from it only by a retry that nothing else
    /// explains: one of an identical request whose call failed is not it.
    private mutating func repeated(_ asking: Asking) -> Int64? {
        guard let key = asking.keys.texts.first else { return nil }
        let known = pool.recordings(of: key)
        if let name = asking.idempotencyKey, let named = epoch.named[name], known.contains(named) {
            return named
        }
        guard asking.retryCount > 0 else { return nil }
        if let excuses = epoch.excuses[key], excuses > 0 {
            epoch.excuses[key] = excuses - 1
            return nil
        }
        if known.contains(where: epoch.isFree) { return nil }
        return known.first { recording in
            epoch.open[recording].map { $0.key == key && $0.retryCount < asking.retryCount } ?? false
        }
    }
}

/// What one epoch has been given.
private struct EpochState: Sendable {
    struct Open: Sendable {
        let serial: Int
        /// The exact key of who is given it.
        let key: String
        let retryCount: Int
    }

    var consumed: Set<Int64> = []
    var open: [Int64: Open] = [:]
    var frontier: [Int64] = []
    /// What was given under the clients' own keys.
    var named: [String: Int64] = [:]
    /// Calls that failed for their askers, by their exact keys: each explains one retry.
    var excuses: [String: Int] = [:]

    func isFree(_ recording: Int64) -> Bool { open[recording] == nil && !consumed.contains(recording) }
}
