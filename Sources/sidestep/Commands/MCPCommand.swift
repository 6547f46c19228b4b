import ArgumentParser
import Glibc
import Sidestep
import SidestepHost
import SidestepProtocol

/// Records the calls of a server's tools as steps of the run.
struct MCPCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mcp",
        abstract: "Make the tools of an MCP server steps of the run: at most once each.",
        discussion: """
            Put it before the server's command in the agent's configuration:

              {"command": "sidestep", "args": ["mcp", "--name", "files", "--", "npx", "server-files"]}

            A program under `sidestep run` that starts again gets the results of the calls that it made before, \
            in their order, and the server is not asked. Everything but calls of tools passes as it is. A call \
            whose outcome nobody knows is not repeated unless its tool is said to be read-only or idempotent.
            The run comes from SIDESTEP_RUN and SIDESTEP_LEASE. Exit status: the server's; 64 without a run.
            """)

    @Option(help: ArgumentHelp("What tells this server from the agent's others.", valueName: "name"))
    var name = "mcp"
    @Option(help: "What becomes of a call whose outcome nobody knows.")
    var inDoubt = InDoubt.error
    @Option(
        help: ArgumentHelp(
            "About what replayed calls would have done to the server: nothing; make the calls of these tools again "
                + "before the first live call; or refuse live calls.",
            valueName: "none|rebuild=tool,tool|refuse"))
    var state = ServerState.none
    @Flag(help: "Without a run, be the server as if we were not there.")
    var passthrough = false
    @Option(help: ArgumentHelp("A server that is reached over streamable HTTP.", valueName: "url"))
    var url: String?
    @Option(
        help: ArgumentHelp(
            "A header for that server, and the variable that holds its value: Authorization=TICKETS_AUTH. May be "
                + "repeated.",
            valueName: "header=variable"))
    var header: [TagArgument] = []
    @Option(help: ArgumentHelp("The daemon's socket.", valueName: "path"))
    var socket: String?
    @Argument(parsing: .postTerminator, help: "The server's command and its arguments, after --.")
    var command: [String] = []

    func validate() throws {
        if command.isEmpty == (url == nil) {
            throw ValidationError("no server: write its command after --, or its --url")
        }
        if passthrough, url != nil { throw ValidationError("--passthrough is for a server with a command") }
        if name.isEmpty || name.utf8.count > 200 { throw ValidationError("--name has 1 to 200 bytes") }
    }

    /// How long a daemon that does not answer is waited for.
    private static let patience: Duration = .seconds(300)

    func run() throws {
        if passthrough, Context.value("SIDESTEP_RUN") == nil { try becomeServer() }
        let (run, lease) = (try Context.run(), try Context.lease())
        let connection = try BlockingConnection(socket: socket)
        let calls = PipelinedCalls(connection, patience: Self.patience)
        // Before the server is there: a signal that comes now is for it.
        SignalRelay.begin()
        let server: any ToolServer =
            try url.map { HTTPServer($0, headers: try headers()) } ?? ServerProcess(command)
        let pump = ToolPump(server, calls: calls)
        let steps = ToolSteps(
            name: name, run: run, lease: lease, inDoubt: inDoubt, state: state, calls: calls, ways: pump.ways)
        try steps.load(connection)
        try pump.run(steps)
        Glibc.exit(try server.end())
    }

    /// The headers that are named, with what their variables hold.
    private func headers() throws -> [(name: String, value: String)] {
        try header.map { header in
            guard let value = Context.value(header.value) else {
                throw SidestepError(
                    .invalidArgument,
                    "the header \(header.name) is to be that of \(header.value), which is not set")
            }
            return (name: header.name, value: value)
        }
    }

    /// Executes the server in our place.
    private func becomeServer() throws -> Never {
        ProgramArguments.withCStrings(command) { vector in _ = execvp(vector[0]!, vector) }
        ServerProcess.notStarted(command, errno)
    }
}
