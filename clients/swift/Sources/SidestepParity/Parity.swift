import ArgumentParser
import Sidestep
import SidestepLibC
import SidestepProtocol

/// Plays the scenarios of `clients/parity` against a real daemon, with the Swift client where they ask for a
/// client.
@main
struct Parity: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "sidestep-parity")

    @Argument(help: "Scenario files.")
    var files: [String] = []
    @Option(help: "Only scenarios whose name holds this text.")
    var only: String?
    @Option(help: "The daemon's program; beside this one or on PATH when left out.")
    var daemon: String?
    @Flag(name: .shortAndLong, help: "Print the name of every scenario.")
    var verbose = false

    // What helper processes of a pass are started with.
    @Option(help: .private)
    var relay: String?
    @Option(help: .private)
    var program: String?
    /// Says which daemon this client would have: clients/places.
    @Flag(name: .customLong("where"), help: .private)
    var locates = false

    mutating func run() throws {
        signal(SIGPIPE, SIG_IGN)
        if locates { return try locate() }
        if let relay { return try Relay(socket: relay).run() }
        if let program { return ProgramProcess.main(specification: program) }
        let all = try files.flatMap { try Scenario.load($0) }
        let scenarios = all.filter { isWanted($0) }
        let workplace = try Workplace(daemon: daemon)
        defer { workplace.remove() }
        var failed = 0
        for (index, scenario) in scenarios.enumerated() {
            if !play(scenario, index, workplace) { failed += 1 }
        }
        let skipped = only == nil ? all.count - scenarios.count : 0
        let left = skipped > 0 ? ", \(skipped) skipped" : ""
        print("parity-swift: \(scenarios.count - failed) passed, \(failed) failed\(left)")
        if failed > 0 || scenarios.isEmpty { throw ExitCode(1) }
    }

    private func locate() throws {
        let location = DaemonLocation.find()
        let json = RawJSON.object { writer in
            writer.member("socket", location.socket)
            writer.member("database", location.database)
            writer.member("answers", location.answers)
            writer.member("problem", location.problem?.message)
            writer.member("hint", location.problem?.hint)
        }
        print(json.text)
        if location.problem != nil { throw ExitCode(69) }
    }

    /// What programs of this client cannot do yet: scenarios that need it are left out.
    private static let lacks: Set = ["values"]

    private func isWanted(_ scenario: Scenario) -> Bool {
        only.map { scenario.name.contains($0) } ?? true && Self.lacks.isDisjoint(with: scenario.needs)
    }

    private func play(_ scenario: Scenario, _ index: Int, _ workplace: Workplace) -> Bool {
        do {
            try workplace.daemon.ensureRunning()
            let player = Player(scenario, run: "p\(getpid())-\(index)", workplace: workplace)
            defer { player.cleanUp() }
            try player.play()
            if verbose { print("ok    \(scenario.name)") }
            return true
        } catch {
            print("FAIL  \(scenario.file): \(scenario.name)\n      \(error)")
            return false
        }
    }
}

/// One scenario of a file.
struct Scenario {
    let file: String
    let name: String
    let needs: [String]
    let operations: [RawJSON]

    static func load(_ path: String) throws -> [Scenario] {
        let json = try RawJSON(parsing: Files.read(path))
        return (json["scenarios"]?.elements ?? []).map { scenario in
            Scenario(
                file: path.split(separator: "/").last.map(String.init) ?? path,
                name: scenario["name"]?.string ?? "",
                needs: (scenario["needs"]?.elements ?? []).compactMap(\.string),
                operations: scenario["do"]?.elements ?? [])
        }
    }
}

/// What a scenario found to be otherwise than it should.
struct Mismatch: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
