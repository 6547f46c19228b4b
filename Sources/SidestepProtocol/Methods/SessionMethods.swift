import SidestepModel

extension MethodTable {
    /// The methods about the connection and the daemon itself.
    static let sessionMethods: [Method] = [
        Method(
            "ping", .session, .open, "Answers, so that a client knows the daemon is there.",
            example: Example("{}", "{}")),
        hello, discover, cancel, systemInfo,
    ]

    private static let hello = Method(
        "hello", .session, .open,
        "Tells what the daemon speaks; a client that never says hello works as well.",
        parameters: [
            .may("client", .name, "the name of the client library"),
            .may("version", .name, "its version"),
            .may("protocol", .count, "the protocol it was written for"),
        ],
        result: [
            .must("server", .name, "always sidestepd"),
            .must("version", .name, "the version of the daemon"),
            .must("protocol", .count, "the protocol it speaks"),
            .must("limits", .open([], others: .integer(0 ... .max)), "every limit by its name"),
            .must("features", .strings(), "what it can do beyond the base"),
        ],
        example: Example(
            #"{"client":"sidestep-python","version":"0.1.0","protocol":1}"#,
            #"{"server":"sidestepd","version":"0.1.0","protocol":1,"limits":{"depth":512},"features":[]}"#
        ))

    private static let discover = Method(
        "rpc.discover", .session, .open, "Returns this contract as an OpenRPC document.",
        result: [
            .must("openrpc", .text, "the version of OpenRPC"),
            .must("info", .payload, "title and version"),
            .must("methods", .array(.payload), "the methods"),
            .may("components", .payload, "what the methods share"),
        ],
        example: Example(
            "{}", #"{"openrpc":"1.3.2","info":{"title":"Sidestep","version":"0.1"},"methods":[]}"#))

    private static let cancel = Method(
        "rpc.cancel", .session, .open,
        "Gives up a request of this connection that waits: it is refused with `request_cancelled`, "
            + "unless its reply is on the way already.",
        parameters: [.must("id", .payload, "the id of the request, written as in the request")],
        example: Example(#"{"id":7}"#, "{}"), space: .records)

    private static let systemInfo = Method(
        "system.info", .session, .open,
        "Tells how the daemon is doing; who is no administrator hears of himself only, and of no files.",
        result: [
            .must("version", .name, "the version of the daemon"),
            .must("pid", .count, "its process"),
            .must("started_at", .instant, "when it started"),
            .must("uptime_ms", .span, "how long it has been up"),
            .may("socket", .text, "where it listens; for administrators"),
            .may("database", .text, "the file it writes; for administrators"),
            .may("storage", .storage, "how the disk of the database does, for administrators"),
            .may("database_bytes", .integer(0 ... .max), "the size of that file; for administrators"),
            .may("sqlite_version", .name, "the SQLite it runs on"),
            .must("runs", .open([], others: .count), "how many runs the caller sees of each status"),
            .must("connections", .count, "open connections: of the caller's user, for administrators all"),
            .may(
                "settings", .open([], others: .setting),
                "for administrators: the settings in force by their names"),
        ],
        errors: [.storageError],
        example: Example(
            "{}",
            #"{"version":"0.1.0","pid":812,"started_at":1767225600000,"uptime_ms":5000,"#
                + #""runs":{"running":2,"completed":40},"connections":3}"#))
}

extension ParameterType {
    /// A setting of the daemon.
    fileprivate static let setting = ParameterType.object([
        .must("value", .text, "the value, as a configuration file has it"),
        .must("from", .text, "what said it: a flag, a variable, a line of a file, or `default`"),
    ])
    fileprivate static let storage = ParameterType.object([
        .must(
            "state", .enumeration(StorageCondition.State.allCases.map(\.rawValue)),
            "`full`: what would make the database grow is refused; `failing`: something cannot be read or written"
        ),
        .must("since_at", .instant, "since when"),
        .may("message", .text, "the trouble in the words of the store"),
    ])
}
