import ArgumentParser
import Glibc
import Sidestep
import SidestepProtocol

/// Copies the database while the daemon goes on.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write a copy of the database while the daemon goes on.",
        discussion: """
              sidestep backup /var/backups/sidestep-$(date +%F).db

            The file is yours, mode 0600: there in full and on disk, or not at all. While it is made, the daemon needs \
            as much room beside its database. `sidestepd restore` puts it in the place of a database.
            """)

    @Argument(help: ArgumentHelp("The file to write.", valueName: "file"))
    var file: String
    @Flag(help: "Replace the file if it is there.")
    var overwrite = false
    @OptionGroup var common: Common

    func run() throws {
        let began = RelativeTime.now()
        let connection = try common.connect()
        let target = try BackupFile(file, overwrites: overwrite)
        let line = common.json ? nil : ProgressLine.begin("backup")
        let made: RawJSON
        do {
            made = try copy(connection, line)
            try target.fill(from: connection, made["backup"]?.string ?? "", bytes: made["bytes"]?.int ?? 0) {
                bytes in
                line?.tell(bytes, of: made["bytes"]?.int ?? 0, "reading")
            }
            line?.end()
        } catch {
            line?.end()
            target.discard()
            throw error
        }
        report(made["bytes"]?.int ?? 0, RelativeTime.now() - began)
    }

    private func copy(_ connection: BlockingConnection, _ line: ProgressLine?) throws -> RawJSON {
        try connection.call("system.backup", .object { if line != nil { $0.member("progress", true) } }) {
            progress in
            line?.tell(progress)
        }
    }

    private func report(_ bytes: Int, _ span: Int) {
        if common.json {
            let done = RawJSON.object { writer in
                writer.member("path", file)
                writer.member("bytes", bytes)
            }
            return Output.line(done.text)
        }
        Output.line("\(file): \(ByteCount.text(bytes)) in \(RelativeTime.span(span))")
    }
}

/// Looks at every page of the database.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look at every page and index of the database while the daemon goes on.",
        discussion: "Exit status: 0 nothing is wrong, 1 something is.")

    @OptionGroup var common: Common

    func run() throws {
        let found = try look()
        let problems = found["problems"]?.elements.compactMap(\.string) ?? []
        if common.json {
            Output.line(found.text)
        } else {
            for problem in problems { Output.line(problem) }
            if problems.isEmpty { Output.line("nothing is wrong") }
        }
        if !problems.isEmpty {
            Output.complain("  hint: stop the daemon and put a backup in place: sidestepd restore --help")
            throw ExitCode(1)
        }
    }

    /// How far a check is nobody knows: the line says how long it has taken.
    private func look() throws -> RawJSON {
        let line = common.json ? nil : ProgressLine.begin("check")
        defer { line?.end() }
        return try common.connect().call("system.check")
    }
}

/// Gives free space back.
struct VacuumCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vacuum",
        abstract: "Give the space of removed runs back to the file system; writes wait meanwhile.",
        discussion: """
            The daemon uses free space again by itself; this is for a database that was once much larger \
            (`sidestep stats` says how much is free). It needs as much room again while it works.
            """)

    @OptionGroup var common: Common

    func run() throws {
        guard let done = try common.showLong("system.vacuum", "vacuum", { _ in }) else { return }
        let (before, after) = (done["bytes_before"]?.int ?? 0, done["bytes_after"]?.int ?? 0)
        Output.line("\(ByteCount.text(before)) before, \(ByteCount.text(after)) now")
    }
}

extension Common {
    /// Calls a method that may take minutes and tells how far it is.
    ///
    /// - Returns: the result, or nil when it was printed because of `--json`.
    fileprivate func showLong(
        _ method: String, _ title: String, _ write: (inout JSONWriter) -> Void
    ) throws -> RawJSON? {
        guard !json, let line = ProgressLine.begin(title) else { return try show(method, write) }
        defer { line.end() }
        let params = RawJSON.object { writer in
            write(&writer)
            writer.member("progress", true)
        }
        return try connect().call(method, params, told: line.tell)
    }
}

/// What the database holds.
struct StatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Show what the database holds.")

    @OptionGroup var common: Common

    func run() throws {
        guard let found = try common.show("system.stats", { _ in }) else { return }
        var fields = Fields()
        for (name, title) in [("database_bytes", "database"), ("log_bytes", "log"), ("free_bytes", "free")] {
            fields.add(title, found[name]?.int.map(ByteCount.text))
        }
        for status in found["runs"]?.members ?? [] { fields.add(status.key, status.value.text) }
        fields.add("forks", found["forks"]?.text)
        fields.add("being removed", found["being_removed"]?.text)
        fields.add("kept for forks", found["kept_for_forks"]?.text)
        fields.add("memories", found["memories"]?.text)
        fields.add("oldest closed", found.present("oldest_closed_at")?.int.map { RelativeTime.ago($0) })
        fields.print()
    }
}
