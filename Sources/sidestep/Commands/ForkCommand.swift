import ArgumentParser
import Sidestep
import SidestepProtocol
import SidestepRecording

/// Makes a run from another one.
struct ForkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fork", abstract: "Make a run that begins with what another one recorded.",
        discussion: """
              sidestep fork research-1 --step summarize            do this step again, and all after it
              sidestep fork research-1 --from-failed               go on where it failed
              sidestep fork research-1 --recording 4               make this recorded call again
              sidestep fork research-1 --recording 4 --response answer.json
              sidestep fork research-1 --recording 4 --workspace copy
              sidestep fork research-1 --input '{"depth": 2}' --id research-1b

            The new run is queued: a worker takes it, or its program resumes it by its id, which is printed. \
            The source stays as it is; `sidestep diff` compares the two.

            With --workspace the fork begins with what the source's workspace held right before the call of \
            --recording (`sidestep run --workspace-at calls` keeps it), or, with --workspace-at start, when the source \
            began; `sidestep run --id FORK --workspace DIR` goes on from there.
            """)

    @Option(help: "The id of the new run; left out, the daemon makes one.")
    var id: String?
    @Option(help: "The step to execute again: all that was completed before it is kept.")
    var step: String?
    @Option(help: "The checkpoint to go on from.")
    var checkpoint: String?
    @Option(help: "The recorded call to make again, by its number.")
    var recording: Int?
    @Option(
        help: ArgumentHelp(
            "A file with what came back for it instead; - is standard input.", valueName: "file"))
    var response: String?
    @Flag(help: "Keep all that was completed, and execute again what failed.")
    var fromFailed = false
    @Option(help: "The code that executes the new run.")
    var workflow: String?
    @Option(help: ArgumentHelp("Another input.", valueName: "json"))
    var input: JSONArgument?
    @Option(help: ArgumentHelp("Another state than the checkpoint's.", valueName: "json"))
    var state: JSONArgument?
    @Option(help: ArgumentHelp("Another message history, an array.", valueName: "json"))
    var messages: JSONArgument?
    @Option(help: "What becomes of signals that nobody has consumed: leave or copy.")
    var signals: String?
    @OptionGroup var key: RecordingKeyOption
    @OptionGroup var folder: ForkedWorkspace
    @OptionGroup var of: RunArgument
    @OptionGroup var common: Common

    func validate() throws {
        if response != nil && recording == nil {
            throw ValidationError("--response is the answer of a call: name it by --recording")
        }
        if folder.workspace != nil && folder.workspaceAt == .call && recording == nil {
            throw ValidationError(
                "--workspace is what a folder held at a call: name it by --recording, or give --workspace-at start"
            )
        }
    }

    func run() throws {
        let name = try of.name()
        let connection = try common.connect()
        let answer = try response.map { try self.answer(InputFile.bytes($0), name, connection) }
        let tree = try folder.tree(of: name, recording, connection)
        let made = try fork(name, answer, connection)
        let run = made["run"] ?? .emptyObject
        if let tree { try folder.fill(tree, for: run) }
        let id = run["id"]?.string ?? ""
        Output.line(common.json ? made.text : id)
        if tree == nil { folder.tell(of: name, recording, for: id, connection) }
    }

    /// As it is to be kept: encrypted, where the call's own answer is.
    private func answer(_ bytes: [UInt8], _ name: String, _ connection: BlockingConnection) throws -> [UInt8]
    {
        guard let recording else { return bytes }
        let found = try connection.call("recording.list") { writer in
            writer.member("run", name)
            writer.member("after", recording - 1)
            writer.member("limit", 1)
        }
        guard let entry = found["recordings"]?.elements.first, entry["recording"]?.int == recording else {
            return bytes
        }
        let call = RawJSON.object { $0.member("recording", entry) }
        return try KeptBodies.read(name, key, call) { bodies throws(SealProblem) in
            try bodies.sealed(answer: bytes, for: call)
        }
    }

    private func fork(_ name: String, _ answer: [UInt8]?, _ connection: BlockingConnection) throws -> RawJSON
    {
        try connection.call("run.fork") { writer in
            writer.member("run", name)
            writer.member("new_run", id)
            writer.member("step", step)
            writer.member("checkpoint", checkpoint)
            writer.member("recording", recording)
            if let answer { writer.object("response") { $0.body(answer) } }
            if fromFailed { writer.member("from_failed", true) }
            writer.member("workflow", workflow)
            writer.member("input", input?.value)
            writer.member("state", state?.value)
            writer.member("messages", messages?.value)
            writer.member("signals", signals)
        }
    }
}
