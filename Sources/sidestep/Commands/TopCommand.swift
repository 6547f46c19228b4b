import ArgumentParser
import Sidestep

/// What goes on, and what needs a person, on a terminal.
struct TopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top", abstract: "Watch what goes on and what needs you, and act on it.",
        discussion: """
            Unknown steps, questions to a person, paused and failed runs come first; then what \
            runs. j and k choose a row, enter opens the run, a and d approve and deny, c cancels, p \
            pauses, r retries, ? says so, q leaves. It needs a terminal; `sidestep ps`, `inflight` \
            and `why` say the same to scripts.
            """)

    @OptionGroup var common: Common

    func run() throws {
        guard let terminal = TopTerminal() else {
            throw SidestepError(
                .invalidArgument, "standard input and output are no terminal",
                hint: "`sidestep ps --json` and `sidestep inflight --json` are for programs.")
        }
        if common.json { throw ValidationError("top has no --json; `sidestep ps --json` has") }
        let connection = try common.connect()
        SignalRelay.begin(supervising: true)
        let loop = TopLoop(terminal, connection, socket: common.socket)
        terminal.take()
        defer { terminal.giveBack() }
        loop.run()
        if let signal = SignalRelay.received {
            terminal.giveBack()
            SignalRelay.die(of: signal)
        }
    }
}
