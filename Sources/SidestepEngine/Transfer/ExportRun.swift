import SidestepModel
import SidestepProtocol
import SidestepStore

/// A run as lines of JSON that another daemon can import: a page of them.
///
/// The order of the lines is the order in which they can be imported. What a fork shares is written as its own.
public struct ExportRun: Query {
    /// The version of the format: a daemon reads its own and older ones.
    public static let format: Int64 = 2

    /// The id of a run that the caller may see.
    public let run: String
    /// Counts the beginnings under this id, from 1; nil is the newest.
    public var generation: Int64?
    /// Where the page before ended; nil begins with the line that says what follows.
    public var cursor: ExportCursor?
    /// About how many bytes of lines one page has at most.
    public var maxBytes = 8 << 20
    /// Whether recorded calls are without their bodies, and without the keys that they are known again by.
    public var leavesBodiesOut = false
    /// The version of this daemon, which the first line tells.
    public let daemonVersion: String

    /// A call of `run.export`; without a cursor it begins anew.
    public init(run: String, daemonVersion: String) {
        self.run = run
        self.daemonVersion = daemonVersion
    }

    /// One page of an export.
    public struct Result: Sendable {
        /// The lines of the page, one object each, in the order in which they are imported.
        public internal(set) var lines: [RawJSON] = []
        /// Where the next page begins; nil at the end.
        public internal(set) var next: ExportCursor?
    }

    /// Reads a page from one snapshot; later pages add nothing that came to the journal after the first.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Result {
        let run = try store.visibleRun(run, generation: generation, call)
        var page = ExportPage(maxBytes: maxBytes)
        var place: ExportCursor
        if let cursor {
            place = cursor
        } else {
            page.add(ExportLine.header(version: daemonVersion, of: run.userID, at: call.now))
            page.add(try line(of: run, store, call))
            place = ExportCursor(bound: try store.lastSequence(run: run.key))
        }
        let before = place.lines
        var source = try ExportSource(run, store, bound: place.bound)
        if leavesBodiesOut { source.forgotten = call.now }
        while place.part < ExportSource.parts.count, !page.isFull {
            place = try ExportSource.parts[place.part](source)(place, &page) ?? place.nextPart
        }
        place.lines = before + Int64(page.lines.count)
        if place.part < ExportSource.parts.count { return Result(lines: page.lines, next: place) }
        page.add(ExportLine.end(after: place.lines))
        return Result(lines: page.lines)
    }

    private func line(of run: RunRecord, _ store: any StoreReader, _ call: CallContext) throws -> RawJSON {
        var shown = run
        shown.loseOwner(at: call.now)
        return ExportLine.run(
            shown, try store.runPayloads(key: run.key), tags: try store.runTags(key: run.key),
            lineage: try store.lineage(of: run.key))
    }
}

/// What an export is made from.
struct ExportSource {
    let run: RunRecord
    let store: any StoreReader
    /// What the journal had when the export began: later entries are not part of it.
    let bound: Int64
    /// As of when recordings have no bodies; nil where they have those that there are.
    var forgotten: Instant?
    /// The branches that the checkpoints stand on, the run's own and those it shares.
    let branches: [BranchPart]

    init(_ run: RunRecord, _ store: any StoreReader, bound: Int64) throws {
        (self.run, self.store, self.bound) = (run, store, bound)
        let own = RunOrigin(run: run.key, sequence: .max)
        branches = try store.branchParts([own] + store.origins(of: run))
    }

    /// A part of an export: adds what fits behind the place, and answers where to go on; nil when it is through.
    typealias Part = (ExportCursor, inout ExportPage) throws -> ExportCursor?

    /// All parts, in the order in which they can be imported.
    static let parts: [@Sendable (ExportSource) -> Part] = [
        { $0.messages }, { $0.shared }, { $0.sharedRecordings }, { $0.journal },
        { $0.signals }, { $0.values }, { $0.streams },
        { $0.artifacts }, { $0.events }, { $0.unfinished }, { $0.startedRecordings },
    ]
}

/// The lines of one page.
struct ExportPage {
    private(set) var lines: [RawJSON] = []
    private let maxBytes: Int
    private var bytes = 0

    init(maxBytes: Int) { self.maxBytes = maxBytes }

    /// How many bytes may still come; at least one, so that every page goes on.
    var room: Int { max(1, maxBytes - bytes) }

    var isFull: Bool { bytes >= maxBytes }

    mutating func add(_ line: RawJSON) {
        lines.append(line)
        bytes += line.bytes.count + 1
    }
}

/// Where a page of an export begins.
public struct ExportCursor: Sendable, Equatable {
    /// Which part, and where in it: the meaning of both numbers is the part's.
    var part = 0
    var index: Int64 = 0
    var position: Int64 = 0
    let bound: Int64
    /// How many lines the pages before had.
    var lines: Int64 = 0

    init(bound: Int64) { self.bound = bound }

    /// Reads a cursor as it went over the wire; nil when it is none.
    public init?(_ text: String) {
        let parts = text.split(separator: ".").compactMap { Int64($0) }
        guard parts.count == 5, (0..<Int64(ExportSource.parts.count)).contains(parts[0]),
            // None of these grows so far; larger numbers are not ours.
            parts.allSatisfy({ (0..<1 << 53).contains($0) })
        else { return nil }
        self.init(bound: parts[3])
        (part, index, position, lines) = (Int(parts[0]), parts[1], parts[2], parts[4])
    }

    /// The cursor as it goes over the wire, five numbers with dots between them.
    public var text: String { "\(part).\(index).\(position).\(bound).\(lines)" }

    var nextPart: ExportCursor {
        var next = self
        (next.part, next.index, next.position) = (part + 1, 0, 0)
        return next
    }
}
