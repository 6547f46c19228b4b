import ArgumentParser
import Sidestep
import SidestepProtocol
import SidestepRecording

/// Makes the key that recorded bodies are encrypted with.
struct RecordingKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recording-key",
        abstract: "Make a key that recorded requests and answers are encrypted with.",
        discussion: """
              sidestep recording-key ~/.config/sidestep/recording-key
              sidestep run --record --recording-key ~/.config/sidestep/recording-key --id r -- python agent.py

            32 random bytes in a file of mode 0600. A key that is there stays as it is. What is printed is the key's \
            name, which stands beside all that is encrypted with it. Keep a copy elsewhere: without it, nobody reads \
            what was recorded.
            """)

    @Argument(help: ArgumentHelp("The file; its folder has to be there.", valueName: "file"))
    var file: String
    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let (key, isNew) = try RecordingKeyFile.make(file)
        if json {
            return Output.line(
                RawJSON.object { writer in
                    writer.member("key", key.name)
                    writer.member("created", isNew)
                }.text)
        }
        Output.line(key.name)
        if !isNew { Output.complain("sidestep: the key in \(file) was there already") }
    }
}
