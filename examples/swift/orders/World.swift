import Glibc

/// The bank, the warehouse and the post: each thing that happens is a line in a file.
struct World: Sendable {
    /// Where what happened is written.
    let effects: String
    /// How long everything takes.
    let delay: Duration

    /// Takes the money. A second call with the same key takes none.
    func charge(_ order: Order, key: String) async throws -> String {
        try await happens("charge \(order.id) \(order.total) \(key)")
        return "payment-\(order.id)"
    }

    /// Gives the money back.
    func refund(_ payment: String) async throws { try await happens("refund \(payment)") }

    /// Takes an item from the shelf.
    func reserve(_ item: String) async throws {
        if item == "unicorn" { throw OrderRefused.soldOut(item) }
        try await happens("reserve \(item)")
    }

    /// Puts an item back on the shelf.
    func putBack(_ item: String) async throws { try await happens("put back \(item)") }

    /// Sends the parcel.
    func ship(_ order: Order) async throws -> String {
        try await happens("ship \(order.id)")
        return "parcel-\(order.id)"
    }

    private func happens(_ line: String) async throws {
        try await Task.sleep(for: delay)
        let bytes = Array("\(line)\n".utf8)
        let file = open(effects, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard file >= 0, write(file, bytes, bytes.count) == bytes.count else {
            throw Unwritable(file: effects)
        }
        close(file)
    }
}

/// The effects file cannot be written.
struct Unwritable: Error {
    let file: String
}
