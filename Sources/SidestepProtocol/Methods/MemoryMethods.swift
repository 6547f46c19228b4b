import SidestepModel

extension MethodTable {
    /// The methods of what is remembered beyond runs: values under keys, in namespaces.
    static let memoryMethods: [Method] = [
        memoryPut, memoryGet, memoryRefresh, memoryDelete, memorySearch, memoryNamespaces, memoryClear,
        memoryBatch,
    ]

    /// Those that can be operations of a batch.
    public static let memoryOperations = [
        memoryPut, memoryGet, memoryRefresh, memoryDelete, memorySearch, memoryNamespaces,
    ].map(\.name)

    private static let namespace = Parameter.must(
        "namespace", .labels, "labels from the general to the particular; none is your root")
    private static let aKey = Parameter.must("key", .name, "unique in the namespace")

    private static let memoryPut = Method(
        "memory.put", .memory, .open, "Remembers a value; one of the same key is replaced.",
        parameters: [
            namespace, aKey, .must("value", .payload, "the value"),
            .may("ttl_ms", .integer(1...3_155_760_000_000), "how long it is kept", default: "for ever"),
        ],
        errors: [.invalidArgument, .payloadTooLarge],
        example: Example(
            #"{"namespace":["alice","tastes"],"key":"tea","value":{"like":"green"}}"#, "{}"),
        waitsForCommit: true)

    private static let memoryGet = Method(
        "memory.get", .memory, .open, "Returns what is remembered under a key.",
        parameters: [namespace, aKey],
        result: [
            .must("found", .boolean, "whether there is something"), .may("item", .memory, "what it is"),
        ],
        errors: [.invalidArgument],
        example: Example(
            #"{"namespace":["alice","tastes"],"key":"tea"}"#,
            #"{"found":true,"item":\#(ExampleText.memory)}"#))

    private static let memoryRefresh = Method(
        "memory.refresh", .memory, .open,
        "Lets what expires be kept its whole `ttl_ms` from now on: a read alone moves nothing.",
        parameters: [namespace, aKey],
        result: [.must("refreshed", .boolean, "whether it is there")],
        errors: [.invalidArgument],
        example: Example(#"{"namespace":["alice","tastes"],"key":"tea"}"#, #"{"refreshed":true}"#),
        waitsForCommit: true)

    private static let memoryDelete = Method(
        "memory.delete", .memory, .open, "Forgets what is remembered under a key.",
        parameters: [namespace, aKey], result: [.must("deleted", .boolean, "whether there was something")],
        errors: [.invalidArgument],
        example: Example(#"{"namespace":["alice","tastes"],"key":"tea"}"#, #"{"deleted":true}"#),
        waitsForCommit: true, space: .frees)

    private static let memorySearch = Method(
        "memory.search", .memory, .open,
        "Returns what is remembered in a namespace and below it, the last changed first.",
        parameters: [
            .may("namespace", .labels, "where to look", default: "everywhere"),
            .may(
                "filter", .payload,
                "an object: what members of the value must be, or objects of `$eq`, `$ne`, `$gt`, `$gte`, `$lt`, `$lte`"
            ),
            .may("query", .text, "a text that stands in one of the value, in large letters or small"),
            .may("limit", .page, "how many", default: 10),
            .may("offset", .count, "how many are passed over", default: 0),
            .may("max_bytes", .count, "about how many bytes of them", default: 8_388_608),
        ],
        result: [
            .must("items", .array(.memory), "what matches"),
            .may("more", .count, "the `offset` to go on with"),
        ],
        errors: [.invalidArgument, .limitExceeded],
        example: Example(
            #"{"namespace":["alice"],"filter":{"like":"green"}}"#,
            #"{"items":[\#(ExampleText.memory)],"more":null}"#))

    private static let memoryNamespaces = Method(
        "memory.namespaces", .memory, .open, "Lists the namespaces in which something is remembered.",
        parameters: [
            .may("prefix", .labels, "how they begin; `*` is any one label"),
            .may("suffix", .labels, "how they end, likewise"),
            .may("max_depth", .integer(1...1_000_000), "labels are cut to so many", default: "all"),
            .may("limit", .page, "how many", default: 100),
            .may("offset", .count, "how many are passed over", default: 0),
        ],
        result: [
            .must("namespaces", .array(.strings(areUnique: false)), "their labels, in order"),
            .may("more", .count, "the `offset` to go on with"),
        ],
        errors: [.invalidArgument],
        example: Example(
            #"{"prefix":["*","tastes"]}"#, #"{"namespaces":[["alice","tastes"]],"more":null}"#))

    private static let memoryClear = Method(
        "memory.clear", .memory, .open, "Forgets a namespace with all that is below it.",
        parameters: [namespace], result: [.must("deleted", .count, "how many values")],
        errors: [.invalidArgument],
        example: Example(#"{"namespace":["alice"]}"#, #"{"deleted":12}"#), waitsForCommit: true,
        space: .frees)

    private static let memoryBatch = Method(
        "memory.batch", .memory, .open,
        "Does several of these: what they write, in one transaction; what they search, in one snapshot behind it.",
        parameters: [
            .must("operations", .array(.memoryOperation, atMost: .memoryOperations), "in their order")
        ],
        result: [.must("results", .array(.payload), "the result of each")],
        errors: [.invalidArgument, .limitExceeded, .payloadTooLarge],
        example: Example(
            #"{"operations":[{"method":"memory.delete","params":{"namespace":["alice","tastes"],"key":"tea"}}]}"#,
            #"{"results":[{"deleted":true}]}"#),
        waitsForCommit: true)
}

extension ParameterType {
    /// The labels of a namespace.
    static let labels = ParameterType.strings(atMost: .memoryLabels, areUnique: false)

    static let memory = ParameterType.shared(
        "memory",
        .object([
            .must("namespace", .strings(areUnique: false), "where it is"), .must("key", .name, "its key"),
            .must("value", .payload, "as it was put"),
            .must("created_at", .instant, "when it was put first"),
            .must("updated_at", .instant, "when it was put last"),
            .may("ttl_ms", .span, "how long it is kept"),
            .may("expires_at", .instant, "until when, unless it is refreshed"),
        ]))

    static let memoryOperation = ParameterType.shared(
        "memory_operation",
        .object([
            .must("method", .enumeration(MethodTable.memoryOperations), "what is to be done"),
            .must("params", .payload, "the parameters of that method"),
        ]))
}
