import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

enum GraphHandlers {
    static var all: [String: Handler] {
        [
            "graph.put": .write(put) { _, _ in },
            "graph.put_writes": .write(putWrites) { _, _ in },
            "graph.get": .read({ GetGraph(address($0), checkpoint: $0.params.string("checkpoint")) }) {
                writer, view in
                guard let view else { return }
                writer.key("found")
                writer.checkpoint(view)
            },
            "graph.list": .read(list) { writer, page in
                writer.page("checkpoints", page, cursor: cursor) { $0.checkpoint($1) }
            },
            "graph.delta_history": .read({
                GraphDeltaHistory(
                    address($0), checkpoint: $0.params.string("checkpoint"),
                    channels: $0.params.strings("channels") ?? [])
            }) { writer, histories in
                writer.list("channels", histories) { $0.history($1) }
            },
            "graph.copy_thread": .write({
                CopyGraphThread(thread: $0.required("thread"), target: $0.required("target"))
            }) { _, _ in },
            "graph.delete_thread": .write({ DeleteGraphThread(thread: $0.required("thread")) }) {
                $0.member("deleted", $1)
            },
            "graph.delete_runs": .write({ DeleteGraphRuns(runs: $0.payload("runs") ?? []) }) {
                $0.member("deleted", $1)
            },
            "graph.prune": .write({ PruneGraphs(threads: $0.params.strings("threads") ?? []) }) {
                $0.member("deleted", $1)
            },
        ]
    }

    private static func address(_ request: Request) -> GraphAddress {
        GraphAddress(
            thread: request.required("thread"), namespace: request.params.string("namespace") ?? "")
    }

    private static func put(_ request: Request) throws -> PutGraph {
        let metadata = request.payload("metadata") ?? []
        guard RawJSON(validated: metadata).kind == .object else {
            throw Failure(.invalidArgument, "`metadata` is no object", hint: "Send a JSON object.")
        }
        var checkpoint = GraphCheckpoint(
            place: 0, id: request.required("checkpoint"), parent: request.params.string("parent"),
            value: GraphValue(
                type: request.required("type"), data: try bytes(request.required("data"))),
            metadata: metadata)
        checkpoint.channels = request.payload("channels")
        checkpoint.deltas = request.payload("deltas")
        let values = try (request.params.array("values") ?? []).map {
            (channel: text($0, "channel"), value: try value($0))
        }
        guard Set(values.map(\.channel)).count == values.count else {
            throw Failure(
                .invalidArgument, "`values` names a channel twice", hint: "Send one value for each channel.")
        }
        return PutGraph(address(request), checkpoint, values: values)
    }

    private static func putWrites(_ request: Request) throws -> PutGraphWrites {
        let (task, path) = (request.required("task"), request.params.string("path") ?? "")
        let writes = try (request.params.array("writes") ?? []).map {
            GraphWrite(
                task: task, path: path, index: $0["index"]?.integer ?? 0, channel: text($0, "channel"),
                value: try value($0))
        }
        return PutGraphWrites(
            address(request), checkpoint: request.required("checkpoint"), writes: writes,
            replace: request.params.flag("replace"))
    }

    private static func list(_ request: Request) throws -> ListGraphs {
        let filter = try request.params.raw("filter").map { try checked($0, request.limits) }
        let (params, limit) = (request.params, request.limit)
        let after = try params.string("cursor").map(position)
        return ListGraphs { user in
            var list = GraphFilter(user: user)
            list.thread = params.string("thread")
            list.namespace = params.string("namespace")
            list.id = params.string("checkpoint")
            list.before = params.string("before")
            list.metadata = filter
            list.after = after
            list.limit = limit
            return list
        }
    }

    /// Every member is looked up in the metadata of every checkpoint.
    private static func checked(_ filter: RawJSON, _ limits: Limits) throws -> Payload {
        guard filter.kind == .object else {
            throw Failure(.invalidArgument, "`filter` is no object", hint: "Send a JSON object.")
        }
        let limit = ElementLimit.graphFilters
        if filter.members.count <= limits[limit] { return filter.bytes }
        throw Failure(
            .limitExceeded, "`filter` has more than \(limits[limit]) members",
            hint: "Filter by less, and look at the rest in what comes back."
        ).with(\.limit, limit.rawValue)
    }

    private static func cursor(_ view: GraphView) -> String {
        "\(view.checkpoint.key) \(view.checkpoint.id)"
    }

    private static func position(_ cursor: String) throws -> (id: String, key: Int64) {
        let parts = cursor.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let key = Int64(parts[0]) else {
            throw Failure(
                .invalidArgument, "the cursor is not one of `graph.list`",
                hint: "Pass `more` of the page before.")
        }
        return (String(parts[1]), key)
    }

    private static func text(_ value: RawJSON, _ name: String) -> String {
        value[name]?.string ?? ""
    }

    private static func value(_ item: RawJSON) throws -> GraphValue {
        GraphValue(type: text(item, "type"), data: try bytes(text(item, "data")))
    }

    private static func bytes(_ text: String) throws -> [UInt8] {
        guard let bytes = Base64.decode(text) else {
            throw Failure(
                .invalidArgument, "`data` is not base64", hint: "Encode the bytes as RFC 4648 says.")
        }
        return bytes
    }
}

extension JSONWriter {
    fileprivate mutating func checkpoint(_ view: GraphView) {
        object { writer in
            writer.member("thread", view.checkpoint.thread)
            writer.member("namespace", view.checkpoint.namespace)
            writer.member("checkpoint", view.checkpoint.id)
            writer.member("parent", view.checkpoint.parent)
            writer.value(view.checkpoint.value)
            writer.payload("metadata", view.checkpoint.metadata)
            writer.payload("channels", view.checkpoint.channels)
            writer.payload("deltas", view.checkpoint.deltas)
            writer.array("values") { writer in
                for (channel, value) in view.values {
                    writer.object { writer in
                        writer.member("channel", channel)
                        writer.value(value)
                    }
                }
            }
            writer.list("writes", view.writes) { $0.write($1) }
        }
    }

    fileprivate mutating func history(_ history: GraphHistory) {
        object { writer in
            writer.member("channel", history.channel)
            writer.list("writes", history.writes) { $0.write($1) }
            guard let seed = history.seed ?? history.holder else { return }
            writer.key("seed")
            writer.object { writer in
                writer.value(seed)
                writer.member("whole", history.seed == nil)
            }
        }
    }

    private mutating func write(_ write: GraphWrite) {
        object { writer in
            writer.member("task", write.task)
            writer.member("path", write.path)
            writer.member("index", write.index)
            writer.member("channel", write.channel)
            writer.value(write.value)
        }
    }

    private mutating func value(_ value: GraphValue) {
        member("type", value.type)
        member("data", Base64.encode(value.data))
    }
}
