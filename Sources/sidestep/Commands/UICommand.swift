import ArgumentParser
import Glibc
import Sidestep
import SidestepModel
import SidestepPage
import SidestepProtocol

/// Serves the page.
struct UICommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ui", abstract: "Show runs in a browser: serve the page on this host.",
        discussion: """
              sidestep ui
              sidestep ui --port 7070 --no-open

            The page is for you alone: it listens on 127.0.0.1, takes connections of your own processes and root's \
            only, and the address that is printed holds a code that is good once, for a minute. Enter prints another \
            one, and so does `sidestep ui --link` in another terminal. Ctrl-C ends it.

            From another machine, with the same port on both ends:

              ssh -L 7070:127.0.0.1:7070 HOST sidestep ui --port 7070 --no-open

            With --json each link is an object on a line: `{"url", "port"}`. Exit status: 0 when it was ended by a \
            signal; 70 when the port is taken; 69 when --link finds no page.
            """)

    @Option(help: ArgumentHelp("The port; one that is free when left out.", valueName: "number"))
    var port: Int?
    @Flag(help: "Open no browser.")
    var noOpen = false
    @Flag(help: "Only look: refuse every method that changes something.")
    var readOnly = false
    @Flag(help: "Answer /metrics, for Prometheus under a user who may connect.")
    var metrics = false
    @Option(
        help: ArgumentHelp(
            "Who may connect besides you and root, by name or number. May be repeated.", valueName: "user"))
    var allow: [UserArgument] = []
    @Flag(help: "Print a new link to the page that is being served, and end.")
    var link = false
    @Option(help: .hidden)
    var codesGoodFor = SpanArgument(argument: "60s")!
    @Option(help: .hidden)
    var patience = SpanArgument(argument: "30s")!
    @OptionGroup var common: Common

    func validate() throws {
        guard (0...65535).contains(port ?? 0) else { throw ValidationError("a port is a number up to 65535") }
    }

    func run() throws {
        if link { return try GivenLinks(port: port, json: common.json).print() }
        SignalRelay.begin()
        let (server, place) = try serve()
        let desk = PageDesk(server, json: common.json)
        if !server.givesLinks, place != nil { desk.say("`sidestep ui --link` will not find this page") }
        desk.printLink(opening: !noOpen && !common.json)
        desk.run()
        server.close()
        Glibc.exit(0)
    }

    private func serve() throws -> (PageServer, String?) {
        let environment = Environment.current
        let handed = HandedSocket.take(environment.variables)
        var options = PageOptions()
        options.port = port ?? 0
        options.descriptor = handed
        options.socket = common.socket
        options.isReadOnly = readOnly
        options.hasMetrics = metrics
        options.users = Set(allow.map { UInt32($0.uid) })
        options.codesGoodFor = codesGoodFor.duration
        options.patience = patience.duration
        options.links = LinkPlace(environment.variables).make()
        options.version = SidestepVersion.text
        do {
            return (try PageServer(options), options.links)
        } catch let problem as PageServer.Problem {
            throw SidestepError(.notServed, problem.message, hint: problem.hint)
        } catch let failure as Failure {
            throw SidestepError(.overloaded, failure.message, hint: failure.hint)
        }
    }
}

extension SidestepError.Kind {
    /// The page cannot be served.
    static let notServed = Self(rawValue: "not_served")
}
