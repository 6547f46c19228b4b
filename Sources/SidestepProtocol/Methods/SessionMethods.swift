import SidestepModel

extension MethodTable {
    /// The methods about the connection and the daemon itself.
    static let sessionMethods: [Method] = [
        Method(
            "ping", .session, .open, "Answers, so that a client knows the daemon is there.",
            example: Example("{}", "{}")),
        hello, discover, systemInfo,
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
            .must("features", .strings, "what it can do beyond the base"),
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

    private static let systemInfo = Method(
        "system.info", .session, .open, "Tells how the daemon is doing.",
        result: [
            .must("version", .name, "the version of the daemon"),
            .must("pid", .count, "its process"),
            .must("started_at", .instant, "when it started"),
            .must("uptime_ms", .span, "how long it has been up"),
            .may("socket", .text, "where it listens"),
            .may("database", .text, "the file it writes"),
            .may("database_bytes", .integer(0 ... .max), "the size of that file"),
            .may("sqlite_version", .name, "the SQLite it runs on"),
            .must("runs", .open([], others: .count), "how many runs there are of each status"),
            .must("connections", .count, "open connections"),
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
}
