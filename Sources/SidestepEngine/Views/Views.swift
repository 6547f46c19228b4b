import SidestepModel
import SidestepStore

/// Saves a view, or changes the one of that name.
public struct PutView: Command {
    /// The view's name, unique for the user who puts it.
    public let name: String
    /// Members of `run.list` that were checked, as JSON without white space.
    public let filter: Payload
    /// The user whose runs the filter asks for; nil is for all whom the caller may see.
    public let asked: UserID?

    /// A call of `view.put`.
    public init(name: String, filter: Payload, asked: UserID?) {
        self.name = name
        self.filter = filter
        self.asked = asked
    }

    /// Answers with the view; put again as it is, it stays as it was.
    ///
    /// Throws `not_permitted` for a filter that the caller may not use, `payload_too_large` for one of more than
    /// `ViewRecord.maxBytes`, `limit_exceeded` past `ViewRecord.limit` views of a user.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> ViewRecord {
        _ = try call.seen(asked)
        try checkSize()
        let views = try store.views(user: call.peer.uid)
        let known = views.first { $0.name.utf8.elementsEqual(name.utf8) }
        var view = known ?? ViewRecord(userID: call.peer.uid, name: name, filter: filter, now: call.now)
        if known == nil && views.count >= ViewRecord.limit { throw Self.tooMany }
        if known?.filter == filter { return view }
        view.filter = filter
        view.updated = call.now
        try store.putView(view)
        return view
    }

    private func checkSize() throws {
        guard filter.count > ViewRecord.maxBytes else { return }
        throw Failure(
            .payloadTooLarge,
            "`filter` has \(filter.count) bytes, and that of a view has at most \(ViewRecord.maxBytes)",
            hint: "Save it with fewer or shorter tags and texts."
        ).with(\.limit, "view_bytes")
    }

    private static let tooMany = Failure(
        .limitExceeded, "there are \(ViewRecord.limit) views, which is the limit of a user",
        hint: "`sidestep view list` shows them; `sidestep view delete NAME` removes one that is not needed."
    ).with(\.limit, "views")
}

/// The saved views of the caller's own user, by name.
public struct ListViews: Query {
    /// A call of `view.list`, which has no parameters.
    public init() {}

    /// Answers with his own alone, also to an administrator.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> [ViewRecord] {
        try store.views(user: call.peer.uid)
    }
}

/// Removes a view of the caller's own user.
public struct DeleteView: Command {
    /// The view's name.
    public let name: String

    /// A call of `view.delete`.
    public init(name: String) { self.name = name }

    /// Answers whether there was one.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Bool {
        try store.deleteView(user: call.peer.uid, name: name)
    }
}
