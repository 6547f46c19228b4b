import SidestepModel

extension MethodTable {
    /// The methods about the database as a whole.
    static let systemMethods: [Method] = [
        Method(
            "system.backup", .system, .open,
            "Writes a copy of the database while the daemon goes on: there in full, or not at all.",
            parameters: [
                .must("path", .text, "the file to write, as the daemon's user; it begins with a slash"),
                .may("overwrite", .boolean, "whether an existing file is replaced", default: "false"),
                progress,
            ],
            result: [
                .must("path", .text, "the file"),
                .must("bytes", .integer(0 ... .max), "its size"),
            ],
            errors: maintenanceErrors + [.invalidArgument, .storageFull],
            example: Example(
                #"{"path":"/var/backups/sidestep.db"}"#, #"{"path":"/var/backups/sidestep.db","bytes":40960}"#
            ),
            mayWait: true),
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
            "system.stats", .system, .open, "Tells what the database holds.",
            result: [
                .must("database_bytes", .integer(0 ... .max), "the size of the database and its log"),
                .must("log_bytes", .integer(0 ... .max), "that of the log"),
                .must("free_bytes", .integer(0 ... .max), "what removed runs left free in the file"),
                .must("runs", .open([], others: .count), "how many runs there are of each status"),
                .must("forks", .count, "runs that share records of another one"),
                .must("being_removed", .count, "removed runs whose rows are being deleted"),
                .must("kept_for_forks", .count, "removed runs of which forks need a part"),
                .may("oldest_closed_at", .instant, "when the run ended that ended first"),
            ],
            errors: [.notPermitted, .storageError],
            example: Example(
                "{}",
                #"{"database_bytes":8192000,"log_bytes":4096000,"free_bytes":0,"runs":{"completed":40},"#
                    + #""forks":1,"being_removed":0,"kept_for_forks":0,"oldest_closed_at":1767225600000}"#)),
    ]

    private static let progress: Parameter = .may(
        "progress", .boolean,
        "whether this connection is told how far it is, by notifications `system.progress`", default: "false")

    private static let maintenanceErrors: [ErrorKind] = [.notPermitted, .overloaded, .storageError]
}
