import SidestepModel

extension MethodTable {
    /// The methods about the database as a whole.
    static let systemMethods: [Method] = [
        Method(
            "system.acts", .system, .open,
            "Reads the daemon's own journal: who changed what no run's journal tells of, such as deletions.",
            parameters: [
                .may("after", .sequence, "only lines behind this one", default: 0),
                .may("limit", .page, "how many at most", default: 100),
            ],
            result: [
                .must(
                    "acts", .array(act),
                    "the oldest first; of others than administrators: what is his or by him"),
                .may("more", .sequence, "pass it as `after` for the next page"),
            ],
            errors: [.storageError],
            example: Example(
                "{}",
                #"{"acts":[{"sequence":17,"at":1767225600000,"method":"run.delete","subject":"research-1","#
                    + #""uid":1000,"by":{"uid":0,"pid":812},"detail":{"workflow":"research","status":"failed"}}]}"#
            )),
        Method(
            "system.advance", .system, .open,
            "Lets time pass in a daemon that was started for tests, `sidestepd --test-time`: what is due then is done.",
            parameters: [.must("ms", .integer(0...315_576_000_000), "how much of it, ten years at most")],
            result: [.must("now", .instant, "what time it is then")],
            errors: [.notPermitted],
            example: Example(#"{"ms":3600000}"#, #"{"now":1767229200000}"#)),
        Method(
            "system.drain", .system, .open,
            "Lets nothing new start: the daemon leaves when what runs has ended. Or ends that.",
            parameters: [.may("on", .boolean, "false lets things start again", default: true)],
            result: [
                .must("runs", .strings(), "runs that have an owner, the newest hundred"),
                .must("steps", .count, "steps that the daemon executes"),
            ],
            errors: [.notPermitted],
            example: Example(#"{"on":false}"#, #"{"runs":["research-1"],"steps":0}"#)),
        Method(
            "system.backup", .system, .open,
            "Makes a copy of the database beside all work: a file that is there in full or not at all, or one to read.",
            parameters: [
                .may(
                    "path", .text, "the file to write, as the daemon's user; it begins with a slash",
                    default: "none: `system.backup_read` reads the copy"),
                .may("overwrite", .boolean, "whether an existing file is replaced", default: false),
                progress,
            ],
            result: [
                .may("path", .text, "the file"),
                .may("backup", .opaque, "what `system.backup_read` is to be passed"),
                .must("bytes", .integer(0 ... .max), "its size"),
            ],
            errors: maintenanceErrors + [.invalidArgument, .storageFull],
            example: Example(
                #"{"path":"/var/backups/sidestep.db"}"#, #"{"path":"/var/backups/sidestep.db","bytes":40960}"#
            ),
            mayWait: true),
        Method(
            "system.backup_read", .system, .open,
            "Reads a part of a copy that `system.backup` made; it goes with the connection, or when its end was read.",
            parameters: [
                .must("backup", .opaque, "what `system.backup` answered"),
                .must("from", .integer(0 ... .max), "the first byte"),
                .may("max_bytes", .integer(1...(4 << 20)), "how many at most", default: 1_048_576),
            ],
            result: [
                .must("data", .string(maxBytes: 8 << 20), "the bytes in base 64"),
                .must("more", .boolean, "whether there is more behind them"),
            ],
            errors: [.notPermitted, .storageError, .invalidArgument],
            example: Example(
                #"{"backup":"5d41402abc4b2a76b9719d911017c592","from":0,"max_bytes":3}"#,
                #"{"data":"U1FM","more":true}"#)),
        Method(
            "system.check", .system, .open,
            "Looks at every page, index and reference of the database while the daemon goes on.",
            result: [
                .must("ok", .boolean, "whether nothing is wrong"),
                .must("problems", .array(.text), "what is wrong, a hundred sentences at most"),
            ],
            errors: maintenanceErrors,
            example: Example("{}", #"{"ok":true,"problems":[]}"#), mayWait: true),
        Method(
            "system.vacuum", .system, .open,
            "Gives the space that removed runs left back to the file system; writes wait meanwhile.",
            parameters: [progress],
            result: [
                .must("bytes_before", .integer(0 ... .max), "the size of the file before"),
                .must("bytes_after", .integer(0 ... .max), "and after"),
            ],
            errors: maintenanceErrors + [.storageFull],
            example: Example("{}", #"{"bytes_before":8192000,"bytes_after":409600}"#), mayWait: true),
        Method(
            "system.metrics", .system, .open,
            "Tells the daemon's metrics as text that Prometheus and its like read.",
            result: [
                .must("text", .text, "OpenMetrics 1.0: [metrics](metrics.md)")
            ],
            errors: [.notPermitted, .storageError],
            example: Example(
                "{}",
                ##"{"text":"# TYPE sidestep_connections gauge\n# HELP sidestep_connections Connections that are "##
                    + ##"open.\nsidestep_connections 3\n# EOF\n"}"##)),
        Method(
            "system.stats", .system, .open, "Tells what the database holds.",
            result: [
                .must("database_bytes", .integer(0 ... .max), "the size of the database and its log"),
                .must("log_bytes", .integer(0 ... .max), "that of the log"),
                .must("free_bytes", .integer(0 ... .max), "what removed runs left free in the file"),
                .must("runs", .open([], others: .count), "how many runs there are of each status"),
                .must("forks", .count, "runs that share records of another one"),
                .must("being_removed", .count, "removed runs whose rows are being deleted"),
                .must("kept_for_forks", .count, "removed runs of which forks need a part"),
                .must("memories", .count, "what is remembered beyond runs, by all users"),
                .may("oldest_closed_at", .instant, "when the run ended that ended first"),
            ],
            errors: [.notPermitted, .storageError],
            example: Example(
                "{}",
                #"{"database_bytes":8192000,"log_bytes":4096000,"free_bytes":0,"runs":{"completed":40},"#
                    + #""forks":1,"being_removed":0,"kept_for_forks":0,"memories":12,"#
                    + #""oldest_closed_at":1767225600000}"#)),
        systemUsage,
    ]

    private static let act = ParameterType.object([
        .must("sequence", .sequence, "its place"),
        .must("at", .instant, "when"),
        .must("method", .name, "what was called"),
        .may("subject", .text, "the name of what was changed"),
        .must("uid", .integer(0...4_294_967_295), "whose it was"),
        .must(
            "by", .object([.must("uid", .integer(0...4_294_967_295), ""), .must("pid", .count, "")]),
            "the user and the process who did it"),
        .may("detail", .payload, "more about it"),
    ])

    private static let progress: Parameter = .may(
        "progress", .boolean,
        "whether this connection is told how far it is, by notifications `system.progress`", default: false)

    private static let maintenanceErrors: [ErrorKind] = [.notPermitted, .overloaded, .storageError]
}
