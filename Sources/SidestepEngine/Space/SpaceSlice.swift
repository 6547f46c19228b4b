import SidestepModel
import SidestepStore

/// One slice of a walk over all that holds payloads, from one snapshot.
struct SpaceSlice: Sendable {
    /// Where a slice begins: a table, and the key behind which it goes on.
    struct Place: Sendable {
        var part: SpacePart
        var after: Int64
        /// Where every walk begins.
        static let start = Place(part: SpacePart.allCases[0], after: .min)
    }

    /// A slice ends behind so many rows or bytes: some milliseconds of a reader.
    static let rows = 1000, bytes: Int64 = 4 << 20

    /// What it has counted.
    private(set) var sums = SpaceSums()
    /// Where the next one begins; nil at the end of all.
    private(set) var next: Place?

    /// Walks from a place.
    init(_ store: any StoreReader, from place: Place) throws(Failure) {
        var (here, rows, bytes) = (place, 0, Int64(0))
        while rows < Self.rows, bytes < Self.bytes {
            let before = rows
            let limit = Self.rows - rows
            try store.space(of: here.part, after: here.after, limit: limit) { row in
                sums.add(row, of: here.part)
                here.after = row.key
                rows += 1
                bytes += row.bytes
                return bytes < Self.bytes
            }
            if rows - before == limit || bytes >= Self.bytes { break }
            guard let part = here.part.next else { return }
            here = Place(part: part, after: .min)
        }
        next = here
    }
}

extension SpacePart {
    /// The table that is walked behind this one.
    fileprivate var next: SpacePart? {
        let all = SpacePart.allCases
        return all.firstIndex(of: self).map { all.index(after: $0) }.flatMap {
            $0 < all.endIndex ? all[$0] : nil
        }
    }
}
