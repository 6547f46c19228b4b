import SidestepEngine
import SidestepModel
import SidestepProtocol

enum ViewHandlers {
    static var all: [String: Handler] {
        [
            "view.put": .write({ request in
                let filter = request.params.raw("filter") ?? .emptyObject
                return PutView(
                    name: request.required("view"), filter: filter.compact.bytes,
                    asked: request.params.object("filter")?.integer("user").map(
                        UserID.init(truncating:)))
            }) { writer, view in
                writer.key("view")
                writer.view(view)
            },
            "view.list": .read({ _ in ListViews() }) { writer, views in
                writer.list("views", views) { $0.view($1) }
            },
            "view.delete": .write({ DeleteView(name: $0.required("view")) }) { $0.member("deleted", $1) },
        ]
    }
}

extension JSONWriter {
    fileprivate mutating func view(_ view: ViewRecord) {
        object { writer in
            writer.member("view", view.name)
            writer.payload("filter", view.filter)
            writer.instant("created_at", view.created)
            writer.instant("updated_at", view.updated)
        }
    }
}
