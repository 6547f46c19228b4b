import ArgumentParser
import Glibc
import Sidestep
import SidestepProtocol

/// Lets nothing new start until the daemon leaves.
struct DrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain", abstract: "Let nothing new start; the daemon leaves when what runs has ended.",
        discussion: """
              sidestep drain                    waits until the daemon has left
              sidestep drain --timeout 10m      no longer than that: status 1, and the daemon drains on
              sidestep drain --undo             lets things start again

            Workers get no run, and no program begins a run or takes one up; whoever has one keeps
            it. Runs can be enqueued all the while. Where systemd holds the socket, the next client
            starts the daemon again: `systemctl stop sidestepd.socket` first keeps it away.

            For administrators.
            """)

    @Option(help: ArgumentHelp("How long to wait (default: as long as it takes).", valueName: "span"))
    var timeout: SpanArgument?
    @Flag(help: "Come back at once.")
    var noWait = false
    @Flag(help: "Let things start again.")
    var undo = false
    @OptionGroup var common: Common

    func validate() throws {
        if undo && (noWait || timeout != nil) { throw ValidationError("--undo waits for nothing") }
    }

    func run() throws {
        let connection = try common.connect()
        let first = try connection.call("system.drain") { $0.member("on", !undo) }
        if common.json { Output.line(first.text) }
        if undo { return Output.note("runs start again") }
        if noWait { return Output.note(Self.sentence(first)) }
        try wait(connection, first)
    }

    /// Asks until the daemon is gone, which ends the connection.
    private func wait(_ connection: BlockingConnection, _ first: RawJSON) throws {
        let end = timeout.map { RelativeTime.now() + $0.milliseconds }
        var said = ""
        var state = first
        while true {
            if Self.sentence(state) != said { Output.note(Self.sentence(state)) }
            said = Self.sentence(state)
            if let end, RelativeTime.now() >= end {
                Output.complain("sidestep: the daemon drains on; `sidestep drain --undo` ends that")
                throw ExitCode(1)
            }
            usleep(500_000)
            do { state = try connection.call("system.drain") } catch let error as SidestepError
                where [.connectionLost, .shuttingDown].contains(error.kind)
            {
                return Output.note("drained: the daemon has left")
            }
        }
    }

    private static func sentence(_ state: RawJSON) -> String {
        let runs = state["runs"]?.elements.compactMap(\.string) ?? []
        let steps = state["steps"]?.int ?? 0
        if runs.isEmpty && steps == 0 { return "nothing goes on" }
        let named = runs.prefix(5).joined(separator: ", ") + (runs.count > 5 ? " and others" : "")
        let count =
            runs.count == 1
            ? "1 run goes on" : "\(runs.count)\(runs.count < 100 ? "" : " or more") runs go on"
        return "\(count)\(named.isEmpty ? "" : ": \(named)")"
            + (steps > 0 ? "; \(steps) steps of the daemon" : "")
    }
}
