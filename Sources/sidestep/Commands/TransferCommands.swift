import ArgumentParser
import Glibc
import Sidestep
import SidestepModel
import SidestepProtocol

/// Writes a run as lines of JSON.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a run, a conversation or a thread with all its records as lines of JSON.",
        discussion: """
              sidestep export research-1 > research-1.jsonl
              sidestep export research-1 | ssh other sidestep import
              sidestep export --without-recordings research-1 > shown.jsonl
              sidestep export --move research-1 > research-1.jsonl
              sidestep export --conversation chat-7 > chat-7.jsonl
              sidestep export --thread langgraph-3 > thread.jsonl

            Payloads keep their bytes. What a fork shares with its source is written as its own. Parent, children, \
            and the files that artifacts name stay where they are.

            With --move the run is closed here, once its last line is written: it is paused while it is exported, then \
            cancelled with the reason 'moved'. Where it is imported it is paused: `sidestep unpause` lets it go on \
            there. Nothing is deleted here; `sidestep retry` opens it again.
            """)

    @Option(help: ArgumentHelp("A conversation instead of a run.", valueName: "name"))
    var conversation: String?
    @Option(help: ArgumentHelp("A thread of graphs (LangGraph) instead of a run.", valueName: "name"))
    var thread: String?
    @Flag(help: "Leave out what recorded calls sent and got: to be shown to others.")
    var withoutRecordings = false
    @Flag(help: "Close the run here, as moved, when all of it is written.")
    var move = false
    @OptionGroup var of: RunArgument
    @OptionGroup var common: Common

    func validate() throws {
        if move && (conversation ?? thread) != nil { throw ValidationError("only a run can be moved") }
        if move && withoutRecordings { throw ValidationError("a run that moves takes its recordings along") }
        if [conversation, thread, of.run].compactMap(\.self).count > 1 {
            throw ValidationError("name a run, --conversation or --thread")
        }
    }

    func run() throws {
        let connection = try common.connect()
        for outside in OutsideTransfer.all {
            let names = ["conversation": conversation, "thread": thread]
            if let name = names[outside.noun] ?? nil { return try outside.write(name, connection) }
        }
        let name = try of.name()
        if move { return try MovedRun(name, connection).move { try exportRun(name, connection) } }
        try exportRun(name, connection)
    }

    private func exportRun(_ name: String, _ connection: BlockingConnection) throws {
        var cursor: RawJSON?
        repeat {
            let page = try connection.call("run.export") { writer in
                writer.member("run", name)
                writer.member("cursor", cursor)
                if withoutRecordings { writer.member("without_recordings", true) }
            }
            var text: [UInt8] = []
            for line in page["lines"]?.elements ?? [] { text += line.bytes + [UInt8(ascii: "\n")] }
            try Output.deliver(text)
            cursor = page.present("more")
        } while cursor != nil
    }
}

/// A run that is to go on elsewhere.
struct MovedRun {
    private let name: String
    private let connection: BlockingConnection

    init(_ name: String, _ connection: BlockingConnection) {
        (self.name, self.connection) = (name, connection)
    }

    /// Keeps everybody from the run while `write` writes it, then closes it; a failure leaves it as it was.
    func move(_ write: () throws -> Void) throws {
        let run = try connection.call("run.get") { $0.member("run", name) }["run"] ?? .null
        if run.present("closed_at") != nil {
            try write()
            return Output.note("run \(name) is closed already; it was written")
        }
        if let owner = run.present("owner") {
            throw SidestepError(
                .runOwned, "the run is executed by process \(owner["pid"]?.int ?? 0)", run: name,
                hint: "end that first, or take it away with: \(ShellText.sidestep("pause", name))")
        }
        let wasPaused = run["status"]?.string == "paused"
        if !wasPaused { _ = try connection.call("run.pause") { $0.member("run", name) } }
        do {
            try write()
            // Of a pipe or a terminal nothing can be synced: EINVAL.
            if fsync(1) != 0, errno != EINVAL, errno != EROFS {
                throw SidestepError(.storageError, "cannot sync standard output", run: name)
            }
        } catch {
            if !wasPaused { _ = try? connection.call("run.unpause") { $0.member("run", name) } }
            throw error
        }
        _ = try connection.call("run.cancel") { writer in
            writer.member("run", name)
            writer.member("reason", "moved")
            writer.member("grace_ms", 0)
        }
        Output.note("run \(name) was written and is closed here, as moved")
    }
}

/// Takes in what `export` wrote.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take in what `sidestep export` wrote, from standard input.",
        discussion: """
              sidestep import < research-1.jsonl

            A run appears when its last line has come. One that is here already stays as it is, so the \
            command may be repeated. Owners are not imported: an open run is queued. What root imports belongs \
            to whom it belonged.
            """)

    @Option(help: "The id that it gets here; left out, its own.")
    var id: String?
    @Option(help: ArgumentHelp("Whose it is to be, for an administrator.", valueName: "user"))
    var user: UserArgument?
    @OptionGroup var common: Common

    func run() throws {
        let connection = try common.connect()
        var source = Lines()
        var next = try source.next()
        if let first = next, let kind = first["kind"]?.string,
            let outside = OutsideTransfer.all.first(where: { "sidestep-\($0.noun)" == kind })
        {
            var lines = [first]
            while let line = try source.next() { lines.append(line) }
            let name = try outside.take(lines, as: id, connection)
            return Output.line(common.json ? RawJSON.object { $0.member(outside.noun, name) }.text : name)
        }
        var answer: RawJSON?
        var batch = Batch()
        let progress = CountLine("sent")
        defer { progress.end() }
        // As tar and cp -p do it for root.
        let owner = user?.uid ?? (geteuid() == 0 ? next?["user"]?.int : nil)
        while let json = next {
            batch.add(json)
            next = try source.next()
            if batch.isFull {
                answer = try send(&batch, answer, owner, connection)
                progress.show(batch.count, "lines")
            }
            if answer?["done"]?.bool == true { break }
        }
        if !batch.lines.isEmpty { answer = try send(&batch, answer, owner, connection) }
        progress.end()
        try report(answer, batch)
    }

    private func send(
        _ batch: inout Batch, _ before: RawJSON?, _ owner: Int?, _ connection: BlockingConnection
    ) throws -> RawJSON {
        let answer = try connection.call("run.import") { writer in
            writer.array("lines") { writer in batch.lines.forEach { writer.raw($0) } }
            writer.member("import", before?.present("import"))
            writer.member("run", id)
            writer.member("user", owner)
        }
        batch.clear()
        return answer
    }

    private func report(_ answer: RawJSON?, _ batch: Batch) throws {
        guard let answer, answer["done"]?.bool == true else {
            throw SidestepError(
                .invalidArgument,
                "the export ends in the middle, after \(batch.count) lines; nothing was imported",
                hint: "export it again: its last line has the kind `end`")
        }
        if common.json { return Output.line(answer.text) }
        let name = answer["run"]?["id"]?.string ?? ""
        Output.line(answer["imported"]?.bool == true ? name : "\(name) is here already")
    }

    /// The lines of standard input.
    private struct Lines {
        private var count = 0

        mutating func next() throws -> RawJSON? {
            guard let line = readLine() else { return nil }
            count += 1
            if let json = try? RawJSON(parsing: Array(line.utf8)) { return json }
            throw SidestepError(
                .invalidArgument, "line \(count) is no JSON",
                hint: "feed it a file that `sidestep export` wrote")
        }
    }

    /// Lines that go to the daemon together.
    private struct Batch {
        private(set) var lines: [RawJSON] = []
        private(set) var count = 0
        private var bytes = 0
        private var elements = 0

        /// Well below the daemon's limits `import_lines` and `import_elements`.
        var isFull: Bool { lines.count >= 500 || bytes >= 4 << 20 || elements >= 5000 }

        mutating func add(_ line: RawJSON) {
            lines.append(line)
            count += 1
            bytes += line.bytes.count
            elements += ["messages", "items"].reduce(0) { $0 + (line[$1]?.elements.count ?? 0) }
            elements += line["request"]?["pieces"]?.elements.count ?? 0
        }

        mutating func clear() { (lines, bytes, elements) = ([], 0, 0) }
    }
}
