import SidestepEngine
import SidestepModel
import SidestepProtocol

enum WatchHandlers {
    static var all: [String: Handler] {
        [
            "run.watch": .watch { request in
                var filter = WatchFilter(user: request.peer.isAdministrator ? nil : request.peer.uid)
                filter.run = request.params.string("run")
                filter.workflow = request.params.string("workflow")
                filter.tags = (request.params.stringMap("tag") ?? []).map { (name: $0.0, value: $0.1 ?? "") }
                return WatchRequest(filter: filter, after: request.params.integer("after"))
            },
            "run.unwatch": .unwatch { $0.required("watch") },
        ]
    }
}

/// What a connection wants to be told.
struct WatchRequest: Sendable {
    let filter: WatchFilter
    /// nil: from now on.
    let after: Int64?
}
