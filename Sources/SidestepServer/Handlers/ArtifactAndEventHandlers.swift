import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

enum ArtifactHandlers {
    static var all: [String: Handler] {
        [
            "artifact.put": .command { request in
                let name = request.required("artifact")
                guard let type = ArtifactType(rawValue: request.required("type")) else {
                    preconditionFailure("the method table has checked the type")
                }
                var put = PutArtifact(proof: request.proof, artifact: name, type: type)
                put.content = request.payload("content")
                put.path = request.params.string("path")
                put.description = request.params.string("description")
                return Handler.work(put) { writer, version in
                    writer.member("artifact", name)
                    writer.member("version", version)
                }
            },
            "artifact.get": .read({
                GetArtifact(
                    run: $0.params.string("run"), artifact: $0.required("artifact"),
                    version: $0.params.integer("version"))
            }) { $0.members(of: $1) },
            "artifact.list": .read({
                ListArtifacts(
                    run: $0.params.string("run"), artifact: $0.params.string("artifact"),
                    before: try RunHandlers.cursor($0.params), limit: $0.limit)
            }) { writer, page in
                writer.page("artifacts", page, cursor: { String($0.artifact.key) }) { writer, view in
                    writer.object { $0.members(of: view) }
                }
            },
        ]
    }
}

enum EventHandlers {
    static var all: [String: Handler] {
        [
            "event.emit": .write({ request in
                var emit = EmitEvent(event: request.required("event"))
                emit.value = request.payload("value")
                emit.run = request.params.string("run")
                emit.proof = request.params.string("lease").map { .text($0, run: emit.run) }
                emit.eventID = request.params.string("event_id")
                return emit
            }) { writer, emitted in
                writer.member("sequence", emitted.sequence)
                writer.member("duplicate", emitted.isDuplicate)
            },
            "event.list": .write({
                ListEvents(
                    event: $0.params.string("event").map(NamePattern.init), run: $0.params.string("run"),
                    after: $0.params.count("after"), limit: $0.limit,
                    waitMilliseconds: $0.params.count("wait_ms"))
            }) { writer, page in
                writer.list("events", page.items) { $0.event($1) }
                writer.member("more", page.hasMore ? page.items.last?.event.sequence : nil)
            },
        ]
    }
}

extension JSONWriter {
    fileprivate mutating func members(of view: ArtifactView) {
        member("artifact", view.artifact.name)
        member("run", view.run)
        member("version", view.artifact.version)
        member("type", view.artifact.type.rawValue)
        payload("content", view.artifact.content)
        member("path", view.artifact.path)
        member("description", view.artifact.description)
        instant("created_at", view.artifact.created)
    }

    fileprivate mutating func event(_ view: EventView) {
        beginObject()
        member("sequence", view.event.sequence)
        member("event", view.event.name)
        payload("value", view.event.value)
        member("run", view.run)
        member("event_id", view.event.eventID)
        instant("at", view.event.at)
        endObject()
    }
}
