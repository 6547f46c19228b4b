import ArgumentParser
import Sidestep
import SidestepProtocol
import SidestepRecording

/// Shows the recorded calls of a run.
struct RecordingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recordings", abstract: "Show the calls that a recorder has written down for a run.",
        discussion: """
              sidestep recordings research-1
              sidestep recordings research-1 4             what call 4 was and came to
              sidestep recordings research-1 4 --response  what came back, byte for byte
              sidestep recordings research-1 4 --request   what was sent, if that was kept

            Tokens with a ~ are estimated.
            """)

    @Argument(help: ArgumentHelp("The run.", valueName: "run"))
    var name: String
    @Argument(help: ArgumentHelp("One call, by its number.", valueName: "recording"))
    var recording: Int?
    @Option(help: "Which generation of the run; the newest when left out.")
    var generation: Int?
    @Option(help: "Only those in this state; may be repeated.")
    var state: [String] = []
    @Flag(help: "Print the bytes that came back, and nothing else.")
    var response = false
    @Flag(help: "Print the bytes that were sent, and nothing else.")
    var request = false
    @OptionGroup var key: RecordingKeyOption
    @OptionGroup var common: Common

    func validate() throws {
        if recording == nil && (response || request) {
            throw ValidationError("--response and --request need the number of a call")
        }
        if response && request { throw ValidationError("--response and --request are two bodies; name one") }
    }

    func run() throws {
        let connection = try common.connect()
        if let recording { return try show(recording, connection) }
        var recordings: [RawJSON] = []
        var after: RawJSON?
        repeat {
            let page = try connection.call("recording.list") { writer in
                writer.member("run", name)
                writer.member("generation", generation)
                writer.member("after", after)
                if !state.isEmpty { writer.member("states", state) }
            }
            recordings += page["recordings"]?.elements ?? []
            after = page.present("more")
        } while after != nil
        if common.json {
            let list = RawJSON.object { writer in
                writer.array("recordings") { writer in recordings.forEach { writer.raw($0) } }
            }
            return Output.line(list.text)
        }
        RecordingLine.table(recordings).print(orWhenEmpty: "The run has no such call.")
    }

    private func show(_ number: Int, _ connection: BlockingConnection) throws {
        let found = try connection.call("recording.get") { writer in
            writer.member("run", name)
            writer.member("generation", generation)
            writer.member("recording", number)
            if request || common.json { writer.member("request", true) }
        }
        if common.json { return Output.line(try shown(found).text) }
        if response || request {
            let body = try KeptBodies.read(name, key, found) { bodies throws(SealProblem) in
                response ? try bodies.answer(found)?.body : try bodies.request(found)
            }
            return try printBody(body)
        }
        fields(found["recording"] ?? .emptyObject).print()
    }

    /// What is encrypted stays so where there is no key: the rest of it is readable.
    private func shown(_ found: RawJSON) throws -> RawJSON {
        guard found["recording"]?.present("sealed") != nil, try key.key() != nil else { return found }
        return try KeptBodies.read(name, key, found) { bodies throws(SealProblem) in
            try bodies.opened(found)
        }
    }

    private func printBody(_ body: [UInt8]?) throws {
        guard let body else {
            throw SidestepError(
                .invalidArgument, response ? "nothing came back for this call" : "its request was not kept",
                run: name, hint: "`sidestep recordings \(name) \(recording ?? 0)` tells what is known of it")
        }
        Output.print(body)
    }

    private func fields(_ recording: RawJSON) -> Fields {
        let line = RecordingLine(recording)
        var fields = Fields()
        fields.add("call", line.number)
        fields.add("state", line.state)
        fields.add("asked", line.asked)
        for name in ["model", "finish", "message"] { fields.add(name, line.text(name).nonEmpty) }
        fields.add("status", recording["status"]?.int.map { "\($0)" })
        fields.add("content type", line.text("content_type").nonEmpty)
        fields.add("sent", recording["request_bytes"]?.int.map { "\($0) bytes" })
        fields.add("came back", recording["response_bytes"]?.int.map { "\($0) bytes" })
        fields.add(
            "encrypted", line.text("sealed").nonEmpty.map { "with the key " + RecordingLine.key(of: $0) })
        fields.add("usage", recording.present("usage").map { "\($0.text) (\(line.text("usage_source")))" })
        fields.add("tries", recording["tries"]?.int.flatMap { $0 > 1 ? "\($0)" : nil })
        fields.add("superseded by", recording["superseded_by"]?.int.map { "\($0)" })
        fields.add("bodies", recording["forgotten_at"]?.int.map { "deleted \(RelativeTime.ago($0))" })
        fields.add("began", recording["started_at"]?.int.map { RelativeTime.ago($0) })
        fields.add("took", line.took.nonEmpty)
        fields.add("keys", recording["keys"]?.elements.compactMap(\.string).joined(separator: " ").nonEmpty)
        return fields
    }
}

/// Says that a recorded answer is no good.
struct RerollCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reroll", abstract: "Have a recorded answer not given again: the next start asks anew.",
        discussion: """
              sidestep reroll research-1 4

            The answer stays readable. Runs that were forked before keep it.
            """)

    @Argument(help: ArgumentHelp("The run.", valueName: "run"))
    var name: String
    @Argument(help: ArgumentHelp("The call, by its number.", valueName: "recording"))
    var recording: Int
    @OptionGroup var common: Common

    func run() throws {
        let done = try common.show("recording.reroll") { writer in
            writer.member("run", name)
            writer.member("recording", recording)
        }
        if done != nil { Output.complain("call \(recording) of \(name) is asked anew") }
    }
}
