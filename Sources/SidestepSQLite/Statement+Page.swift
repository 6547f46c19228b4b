import SidestepModel
import SidestepStore

/// What of a list is held at once: so many rows, and about so many bytes.
struct PageRoom {
    /// What a page of a list has, whatever number of rows was asked for: about an eighth of the longest line.
    static let bytes = 8 << 20

    private let limit: Int
    private let bytes: Int
    private var count = 0
    private var taken = 0

    init(limit: Int, bytes: Int = Self.bytes) { (self.limit, self.bytes) = (limit, bytes) }

    /// Whether another row has no place; the first one always has.
    var isFull: Bool { count >= limit || (count > 0 && taken >= bytes) }

    /// A row of so many bytes was put in.
    mutating func take(_ bytes: Int) {
        count += 1
        taken += bytes
    }
}

extension Statement {
    /// The rows that have room on a page. The statement is given one row more than `limit`, so that it tells whether
    /// there are more.
    func page<each Value: ColumnValue, T>(
        _ values: repeat each Value, limit: Int, read: (inout Row) -> T
    ) throws(Failure) -> Page<T> {
        var page = Page<T>(items: [], hasMore: false)
        var room = PageRoom(limit: limit)
        try each(repeat each values) { row in Self.put(&row, on: &page, &room, read) }
        return page
    }

    /// The same with parameters whose number is known only now.
    func page<T>(
        list values: [any ColumnValue], limit: Int, read: (inout Row) -> T
    ) throws(Failure) -> Page<T> {
        var page = Page<T>(items: [], hasMore: false)
        var room = PageRoom(limit: limit)
        try each(list: values) { row in Self.put(&row, on: &page, &room, read) }
        return page
    }

    private static func put<T>(
        _ row: inout Row, on page: inout Page<T>, _ room: inout PageRoom, _ read: (inout Row) -> T
    ) -> Bool {
        page.hasMore = room.isFull
        if room.isFull { return false }
        page.items.append(read(&row))
        room.take(row.taken)
        return true
    }
}
