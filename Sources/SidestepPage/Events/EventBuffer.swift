import SidestepProtocol

/// The last entries that were told, for whoever is a little behind.
struct EventBuffer {
    /// Entries and bytes that are kept.
    static let mostEntries = 4096
    static let mostBytes = 4 << 20

    /// All entries behind this sequence are here.
    private(set) var start: Int64
    /// Of the newest one.
    private(set) var last: Int64
    private var entries: [Entry] = []
    /// Those that are gone, and still stand in front.
    private var dropped = 0
    private var bytes = 0

    init(from sequence: Int64) { (start, last) = (sequence, sequence) }

    /// Whether one who has seen all up to here finds the rest.
    func covers(_ position: Int64) -> Bool { position >= start }

    mutating func add(_ new: [Entry]) {
        for entry in new where entry.sequence > last {
            entries.append(entry)
            bytes += entry.params.bytes.count
            last = entry.sequence
        }
        while entries.count - dropped > Self.mostEntries
            || (bytes > Self.mostBytes && dropped < entries.count)
        {
            start = entries[dropped].sequence
            bytes -= entries[dropped].params.bytes.count
            dropped += 1
        }
        if dropped > Self.mostEntries {
            entries.removeFirst(dropped)
            dropped = 0
        }
    }

    /// The first entry behind a position.
    func next(after position: Int64) -> Entry? {
        var (low, high) = (dropped, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].sequence > position { high = middle } else { low = middle + 1 }
        }
        return low < entries.count ? entries[low] : nil
    }
}
