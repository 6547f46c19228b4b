import ArgumentParser
import Glibc
import Sidestep
import SidestepProtocol

/// Writes a run as lines of JSON.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a run with all its records as lines of JSON.",
        discussion: """
              sidestep export research-1 > research-1.jsonl
              sidestep export research-1 | ssh other sidestep import

            Payloads keep their bytes. What a fork shares with its source is written as its own. Parent, children, \
            and the files that artifacts name stay where they are.
            """)

    @OptionGroup var of: RunArgument
    @OptionGroup var common: Common

    func run() throws {
        let name = try of.name()
        let connection = try common.connect()
        var cursor: RawJSON?
        repeat {
            let page = try connection.call("run.export") { writer in
                writer.member("run", name)
                writer.member("cursor", cursor)
            }
            var text: [UInt8] = []
            for line in page["lines"]?.elements ?? [] { text += line.bytes + [UInt8(ascii: "\n")] }
            Output.write(text, to: 1)
            cursor = page.present("more")
        } while cursor != nil
    }
}

/// Takes in what `export` wrote.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take in a run that `sidestep export` wrote, from standard input.",
        discussion: """
              sidestep import < research-1.jsonl

            The run appears when its last line has come. A run that is here already stays as it is, so the \
            command may be repeated. Owners are not imported: an open run is queued.
            """)

    @Option(help: "The id that the run gets here; left out, its own.")
    var id: String?
    @OptionGroup var common: Common

    func run() throws {
        let connection = try common.connect()
        var answer: RawJSON?
        var batch = Batch()
        while let line = readLine() {
            guard let json = try? RawJSON(parsing: Array(line.utf8)) else {
                throw SidestepError(
                    .invalidArgument, "line \(batch.count + 1) is no JSON",
                    hint: "feed it a file that `sidestep export` wrote")
            }
            batch.add(json)
            if batch.isFull { answer = try send(&batch, answer, connection) }
            if answer?["done"]?.bool == true { break }
        }
        if !batch.lines.isEmpty { answer = try send(&batch, answer, connection) }
        try report(answer, batch)
    }

    private func send(
        _ batch: inout Batch, _ before: RawJSON?, _ connection: BlockingConnection
    ) throws -> RawJSON {
        let answer = try connection.call("run.import") { writer in
            writer.array("lines") { writer in batch.lines.forEach { writer.raw($0) } }
            writer.member("import", before?.present("import"))
            writer.member("run", id)
        }
        batch.clear()
        if !common.json, answer["done"]?.bool != true { Output.complain("sent \(batch.count) lines …") }
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

    /// Lines that go to the daemon together.
    private struct Batch {
        private(set) var lines: [RawJSON] = []
        private(set) var count = 0
        private var bytes = 0

        var isFull: Bool { lines.count >= 500 || bytes >= 4 << 20 }

        mutating func add(_ line: RawJSON) {
            lines.append(line)
            count += 1
            bytes += line.bytes.count
        }

        mutating func clear() { (lines, bytes) = ([], 0) }
    }
}
