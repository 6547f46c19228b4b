import ArgumentParser
import Glibc
import SidestepDaemon
import SidestepHost

@main
struct Sidestepd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sidestepd",
        abstract: "The Sidestep daemon: durable execution for local agents, on a Unix socket.",
        discussion: """
            Every setting can also stand in the environment (SIDESTEP_SOCKET, SIDESTEP_DATABASE, SIDESTEP_LOG_LEVEL) \
            or in the configuration file (lines of `name = value`); a flag wins over both. SIGTERM answers \
            what was read and ends; SIGHUP reads the configuration again.

            Exit status: 0 stopped by a signal, 64 usage, 70 a bug, 71 too few descriptors, 73 cannot make the socket, \
            74 disk trouble, 75 socket or database in use, 78 the database must not be opened.
            """,
        version: Daemon.version, subcommands: [Serve.self, Check.self, Restore.self],
        defaultSubcommand: Serve.self)

    static func main() {
        DaemonMain.settle()
        main(ProgramArguments.all)
    }
}

struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve (the default).", shouldDisplay: false)

    @Option(
        help: """
            The Unix socket to listen on (default: \
            $XDG_RUNTIME_DIR/sidestep/sidestep.sock; root: /run/sidestep/sidestep.sock).
            """
    )
    var socket: String?

    @Option(
        help: """
            The database file (default: \
            $XDG_STATE_HOME/sidestep/sidestep.db; root: /var/lib/sidestep/sidestep.db).
            """
    )
    var database: String?

    @Option(help: "The directory of the database, when --database is not given.")
    var stateDirectory: String?

    @Option(
        help: """
            The configuration file (default: \
            $XDG_CONFIG_HOME/sidestep/sidestep.conf; root: /etc/sidestep/sidestep.conf).
            """
    )
    var config: String?

    @Option(help: "debug, info, notice, warning or error.")
    var logLevel: String?

    @Flag(help: "Serve one user, also as root: the user's default paths, a socket only the user can open.")
    var user = false

    @Flag(
        help: """
            Serve the whole machine, also as another user than root: the system's default paths. The system's \
            unit does.
            """
    )
    var system = false

    @Flag(
        help: """
            Print the settings that would hold and where each comes from, and end: 0, or 64 with what is \
            wrong.
            """
    )
    var checkConfiguration = false

    @Option(
        help: """
            For tests: begin so many milliseconds after the host's time, and let `system.advance` make time pass. Not \
            with --system.
            """
    )
    var testTime: Int64?

    /// A client started it for its user.
    @Flag(help: .hidden) var autostarted = false

    func validate() throws {
        if testTime != nil, system {
            throw ValidationError("A daemon for the whole machine has no time of its own.")
        }
    }

    func run() throws {
        var flags = Flags()
        flags.socket = socket
        flags.database = database
        flags.stateDirectory = stateDirectory
        flags.configuration = config
        flags.logLevel = logLevel
        flags.user = user
        flags.system = system
        flags.isAutostarted = autostarted
        flags.testTime = testTime
        let status = checkConfiguration ? DaemonMain.checkConfiguration(flags) : DaemonMain.run(flags)
        if status != 0 { throw ExitCode(status) }
    }
}

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check every page and index of a database; nothing is changed.")

    @Option(help: "The database file.")
    var database: String

    func run() throws {
        let status = DaemonMain.check(database)
        if status != 0 { throw ExitCode(status) }
    }
}

struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put a backup in the place of a database that no daemon has open.",
        discussion: """
              sidestepd restore --from /var/backups/sidestep.db --database /var/lib/sidestep/sidestep.db --replace

            The backup is checked and copied. A database that is there already is not touched without --replace, \
            and then set aside under another name, which is printed.
            """)

    @Option(help: "The backup, a file that `sidestep backup` wrote.")
    var from: String
    @Option(help: "The database file.")
    var database: String
    @Flag(help: "Set an existing database aside.")
    var replace = false

    func run() throws {
        let status = DaemonMain.restore(from, to: database, replaces: replace)
        if status != 0 { throw ExitCode(status) }
    }
}
