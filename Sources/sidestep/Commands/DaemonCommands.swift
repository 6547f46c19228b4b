import ArgumentParser
import Glibc
import Sidestep
import SidestepProtocol

/// Asks whether the daemon answers.
struct PingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ping", abstract: "Ask whether the daemon answers, starting one if need be.")
    @OptionGroup var common: Common

    func run() throws {
        let connection = try common.connect()
        let start = ContinuousClock.now
        let result = try connection.call("ping")
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        Output.line(common.json ? result.text : "\(connection.path) answers (\(microseconds) µs)")
    }
}

/// Calls any method.
struct CallCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call", abstract: "Call any method of the protocol and print its result.",
        discussion: """
              sidestep call run.get '{"run": "nightly-1"}'
              jq -n '{run: "nightly-1"}' | sidestep call run.get -

            `rpc.discover` describes all methods. The lease of the script's run is added by SIDESTEP_LEASE only \
            when --lease is given.
            """)

    @Argument(help: "The method.")
    var method: String
    @Argument(help: "The parameters, as a JSON object; `-` reads them from standard input.")
    var params: JSONArgument?
    @Flag(help: "Add the lease of the script's run to the parameters.")
    var lease = false
    @OptionGroup var common: Common

    func run() throws {
        let params = lease ? try withLease() : self.params?.value
        Output.line(try common.connect().call(method, params).text)
    }

    private func withLease() throws -> RawJSON {
        let lease = try Context.lease()
        return .object { writer in
            writer.member("lease", lease)
            for (key, value) in params?.value.members ?? [] where key != "lease" { writer.member(key, value) }
        }
    }
}

/// Prints versions.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Print the versions of this program and of the daemon.")
    @OptionGroup var common: Common

    func run() throws {
        // A look must not start anything.
        let daemon = try? BlockingConnection(socket: common.socket, autostart: false).call("hello")
        if common.json {
            let versions = RawJSON.object { writer in
                writer.member("sidestep", SidestepVersion.text)
                writer.member("daemon", daemon ?? .null)
            }
            return Output.line(versions.text)
        }
        Output.line("sidestep \(SidestepVersion.text)")
        Output.line("daemon   \(daemon?["version"]?.string ?? "not running")")
    }
}
