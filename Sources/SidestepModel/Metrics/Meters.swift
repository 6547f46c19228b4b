import Synchronization

/// A number of something that is counted while the daemon runs; any thread may change it.
public final class Meter: Sendable {
    private let number = Atomic<Int>(0)

    /// Begins at 0.
    public init() {}

    /// What it stands at.
    public var value: Int { number.load(ordering: .relaxed) }

    /// Counts one more.
    public func count() { number.wrappingAdd(1, ordering: .relaxed) }

    /// Says how many there are now.
    public func set(_ value: Int) { number.store(value, ordering: .relaxed) }
}

/// How what was measured is spread over bounds; any thread may add to it.
public final class Distribution: Sendable {
    /// What it stands at.
    public struct Value: Sendable, Equatable {
        /// The upper bounds, rising; what is above the last has none.
        public let bounds: [Double]
        /// How many lie at or below each bound and above the one before, and in the last place those above all.
        public internal(set) var counts: [Int]
        /// All of them together.
        public internal(set) var sum = 0.0
    }

    private let state: Mutex<Value>

    /// Empty.
    public init(bounds: [Double]) {
        state = Mutex(Value(bounds: bounds, counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    /// What it stands at.
    public var value: Value { state.withLock { $0 } }

    /// Adds one.
    public func add(_ measured: Double) {
        state.withLock { state in
            let place = state.bounds.firstIndex { measured <= $0 } ?? state.bounds.count
            state.counts[place] += 1
            state.sum += measured
        }
    }
}

/// The requests that were answered, by method and outcome.
public final class RequestMeter: Sendable {
    /// Those of one method.
    public struct Answers: Sendable, Equatable {
        /// Those that got what they asked for.
        public internal(set) var ok = 0
        /// The others, by the kind of their error.
        public internal(set) var errors: [String: Int] = [:]
    }

    /// The outcome of what is no request that the contract knows, and so has an error without a kind.
    public static let malformed = "malformed"

    private let answers = Mutex<[String: Answers]>([:])

    /// None yet.
    public init() {}

    /// Those of all methods that were called.
    public var value: [String: Answers] { answers.withLock { $0 } }

    /// Counts an answer.
    ///
    /// - Parameters:
    ///   - method: nil where there is none of the name that was called.
    ///   - error: the kind of its error; nil where it has none.
    public func count(_ method: String?, error: String?) {
        answers.withLock { answers in
            let method = method ?? "unknown"
            if let error {
                answers[method, default: Answers()].errors[error, default: 0] += 1
            } else {
                answers[method, default: Answers()].ok += 1
            }
        }
    }
}

/// What the daemon counts of itself from its start on: `system.metrics`.
public final class Meters: Sendable {
    /// Requests that were answered.
    public let requests = RequestMeter()
    /// Calls that wait.
    public let parkedCalls = Meter()
    /// Owners that are watched.
    public let owners = Meter()
    /// Attempts of steps that ended in one of three ways.
    public let completed = Meter(), failed = Meter(), lost = Meter()
    /// Seconds that commits took.
    public let commits = Distribution(
        bounds: [1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1, 0.2, 0.5, 1, 2, 5, 10])
    /// Calls that were in them.
    public let batches = Distribution(bounds: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024])

    /// All at 0.
    public init() {}

    /// Counts a commit.
    public func committed(calls: Int, nanoseconds: Int64) {
        commits.add(Double(nanoseconds) / 1e9)
        batches.add(Double(calls))
    }
}
