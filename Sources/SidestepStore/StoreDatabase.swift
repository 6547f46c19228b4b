import SidestepModel

/// An opened store: all that a daemon needs of it, from its start to its end.
///
/// What each part promises is said where it is declared, and all of it together in `docs/internals/store.md`.
public protocol StoreDatabase: AnyObject, Sendable {
    /// The type of `writer`; the engine knows it by its protocol alone.
    associatedtype Writer: StoreWriter
    /// The type of `readers`, likewise.
    associatedtype Readers: StoreReaders

    /// The one way in.
    var writer: Writer { get }
    /// Looks at what was committed.
    var readers: Readers { get }
    /// Backup, check and vacuum.
    var maintenance: any StoreMaintenance { get }
    /// Whether batches are told of in the order of their commits.
    var settlesInOrder: Bool { get }
    /// Where it is, for people; no password is in it.
    var place: String { get }
    /// The version of the library or server behind it.
    var version: String { get }
    /// Bytes that it takes on disk.
    var bytes: Int64 { get }
    /// What an operator has to know of how it was found.
    var findings: [StoreFinding] { get }

    /// Looks after what nobody's call looks after: asked every few seconds, on any thread.
    func tidy()
    /// Changes what others who look for the database read of this daemon.
    func describeHolder(_ lines: [String])
    /// Writes what is open somewhere else when its own place is gone; answers where. Not for the loop's thread.
    func rescue() throws(Failure) -> String
    /// Finishes what was submitted and lets go of it; closing again does nothing.
    func close()
}

/// Something that was noticed while a store was opened.
public struct StoreFinding: Sendable {
    /// What was noticed, for the log; it names no payload.
    public let sentence: String
    /// Words that go with it, by name.
    public let facts: [String: String]

    /// A sentence with the words that an operator may search by.
    public init(_ sentence: String, _ facts: [String: String] = [:]) {
        (self.sentence, self.facts) = (sentence, facts)
    }
}

/// Whom a store tells, on the thread that knows.
public struct StoreListener: Sendable {
    /// After each batch: its jobs, and why none of them stands, if so. Each job that was submitted is told of once,
    /// after its commit.
    public var settled: @Sendable ([any WriteJob], Failure?) -> Void
    /// Nothing more is written: the daemon has to end. Told once.
    public var ended: @Sendable (StoreEnd) -> Void
    /// Every trouble of the store, for the log.
    public var fault: @Sendable (StoreFault) -> Void
    /// What goes on failing, and when it does not any more.
    public var news: @Sendable (StoreNews) -> Void
    /// After each commit, on the thread that did it: how many jobs it had, and the nanoseconds that it took.
    public var committed: @Sendable (Int, Int64) -> Void

    /// Who does not ask for the others is told of batches and of the end alone.
    public init(
        settled: @escaping @Sendable ([any WriteJob], Failure?) -> Void,
        ended: @escaping @Sendable (StoreEnd) -> Void,
        fault: @escaping @Sendable (StoreFault) -> Void = { _ in },
        news: @escaping @Sendable (StoreNews) -> Void = { _ in },
        committed: @escaping @Sendable (Int, Int64) -> Void = { _, _ in }
    ) {
        (self.settled, self.ended, self.fault, self.news) = (settled, ended, fault, news)
        self.committed = committed
    }
}

/// Opens a store, or makes it.
///
/// - Parameters:
///   - place: the path of a file, or a URL.
///   - holder: what others who look for the database are to read of this daemon.
///   - clock: the time that what is written has, where the store has none of its own.
public typealias StoreOpening =
    (_ place: String, _ holder: [String], _ clock: any Clock, _ listener: StoreListener) throws ->
    any StoreDatabase
