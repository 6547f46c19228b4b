import SidestepProtocol
import SidestepStore

extension JSONWriter {
    /// A member with an array of what `write` makes of each item.
    mutating func list<Item>(
        _ name: String, _ items: some Sequence<Item>, _ write: (inout JSONWriter, Item) -> Void
    ) {
        array(name) { writer in for item in items { write(&writer, item) } }
    }

    /// A page of a list, and in `more` the cursor of the next one, if there is one.
    mutating func page<Item>(
        _ name: String, _ page: Page<Item>, cursor: (Item) -> String,
        _ write: (inout JSONWriter, Item) -> Void
    ) {
        list(name, page.items, write)
        member("more", page.hasMore ? page.items.last.map(cursor) : nil)
    }
}
