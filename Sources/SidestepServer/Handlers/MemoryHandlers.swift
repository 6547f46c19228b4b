import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

enum MemoryHandlers {
    static var all: [String: Handler] {
        one.merging(["memory.clear": clear, "memory.batch": .either(MemoryBatch.handler)]) { own, _ in own }
    }

    private static let clear = Handler.write({ ClearMemories(namespace: try namespace($0)) }) {
        $0.member("deleted", $1)
    }

    /// Those that a batch can do as well.
    static let one: [String: Handler] = [
        "memory.put": .write(put) { _, _ in },
        "memory.get": .read({ GetMemory(namespace: try namespace($0), key: $0.required("key")) }) {
            writer, memory in
            writer.member("found", memory != nil)
            if let memory {
                writer.key("item")
                writer.memory(memory)
            }
        },
        "memory.refresh": .write({
            RefreshMemory(namespace: try namespace($0), key: $0.required("key"))
        }) { $0.member("refreshed", $1) },
        "memory.delete": .write({
            DeleteMemory(namespace: try namespace($0), key: $0.required("key"))
        }) { $0.member("deleted", $1) },
        "memory.search": .read(search) { writer, page in
            writer.list("items", page.items) { $0.memory($1) }
            writer.member("more", page.more)
        },
        "memory.namespaces": .read(namespaces) { writer, page in
            writer.array("namespaces") { writer in
                for namespace in page.items {
                    writer.beginArray()
                    for label in namespace.labels { writer.value(label) }
                    writer.endArray()
                }
            }
            writer.member("more", page.more)
        },
    ]

    private static func put(_ request: Request) throws -> PutMemory {
        let (value, limit) = (request.payload("value") ?? RawJSON.null.bytes, request.limits.memoryBytes)
        guard value.count <= limit else {
            throw Failure(
                .payloadTooLarge, "`value` has \(value.count) bytes, and a memory has at most \(limit)",
                hint: "Put parts of it under keys of their own, or the path of a file."
            ).with(\.limit, "memory_bytes")
        }
        return PutMemory(
            namespace: try namespace(request), key: request.required("key"), value: value,
            ttlMilliseconds: request.params.integer("ttl_ms"))
    }

    private static func search(_ request: Request) throws -> SearchMemories {
        let filter = try MemoryFilter(
            members: request.params.raw("filter"), text: request.params.string("query"),
            limits: request.limits)
        var search = SearchMemories(namespace: try namespace(request), filter: filter)
        (search.offset, search.limit) = (Int(request.params.count("offset")), request.limit)
        search.maxBytes = request.pageBytes()
        return search
    }

    private static func namespaces(_ request: Request) throws -> ListMemoryNamespaces {
        let (prefix, suffix) = (try labels(request, "prefix"), try labels(request, "suffix"))
        var list = ListMemoryNamespaces(pattern: MemoryPattern(prefix: prefix, suffix: suffix))
        list.maxDepth = request.params.integer("max_depth").map(Int.init)
        (list.offset, list.limit) = (Int(request.params.count("offset")), request.limit)
        return list
    }

    private static func namespace(_ request: Request) throws -> MemoryNamespace {
        let labels = try labels(request, "namespace")
        guard let namespace = MemoryNamespace(labels) else { throw notLabels("namespace") }
        return namespace
    }

    private static func labels(_ request: Request, _ name: String) throws -> [String] {
        let labels = request.params.strings(name) ?? []
        guard MemoryNamespace(labels) != nil else { throw notLabels(name) }
        return labels
    }

    private static func notLabels(_ name: String) -> Failure {
        Failure(
            .invalidArgument, "a label of `\(name)` holds the character U+001F",
            hint: "Send labels without it: it stands between them in the database.")
    }
}

extension JSONWriter {
    fileprivate mutating func memory(_ memory: MemoryRecord) {
        object { writer in
            writer.member("namespace", memory.namespace.labels)
            writer.member("key", memory.itemKey)
            writer.payload("value", memory.value)
            writer.instant("created_at", memory.created)
            writer.instant("updated_at", memory.updated)
            writer.member("ttl_ms", memory.ttlMilliseconds)
            writer.instant("expires_at", memory.expires)
        }
    }
}
