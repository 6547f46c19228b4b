import Glibc
import SidestepEngine
import Testing
import TestSupport

/// What a random program did: each operation is done by the daemon and by an oracle.
protocol RandomProgram {
    var operations: Int { get }
    func step() throws
    /// Compares all there is.
    func compareEverything() throws
}

/// Random programs, one for each seed, each with a daemon of its own.
enum Seeds {
    /// SIDESTEP_SIMULATION_SEED repeats one seed.
    static let fixed = getenv("SIDESTEP_SIMULATION_SEED").flatMap { UInt64(String(cString: $0)) }

    /// With even seeds, work that is done part by part has parts of two rows.
    private static func settings(_ seed: UInt64) -> EngineSettings {
        var settings = EngineSettings()
        if seed.isMultiple(of: 2) {
            (settings.part.rows, settings.part.looks, settings.part.bytes) = (2, 2, 8)
        }
        return settings
    }

    /// Executes programs of `length` operations until there were `operations`; a difference is an issue of the test.
    ///
    /// - Parameters:
    ///   - isLoose: whether the store does what its contract allows and SQLite does not.
    ///   - ended: told of each program that has ended.
    static func run<Program: RandomProgram>(
        _ name: String, operations: Int, length: Int, isLoose: Bool = false,
        _ make: (TestDaemon, UInt64) throws -> Program,
        ended: (Program) -> Void = { _ in }
    ) throws {
        let seeds = fixed.map { [$0] } ?? (1...UInt64(max(1, operations / length))).map { $0 }
        var (done, differences) = (0, 0)
        for seed in seeds {
            let folder = temporaryFolder()
            defer { removeFolder(folder) }
            let daemon = try TestDaemon(
                path: folder + "/sidestep.db", seed: seed, settings: settings(seed),
                opening: isLoose
                    ? { try LooseStore($0, seed: seed, clock: $1, $2) }
                    : { try TestStore.open($0, clock: $1, $2) })
            defer { daemon.close() }
            let program = try make(daemon, seed)
            do {
                for _ in 0..<length { try program.step() }
                try program.compareEverything()
            } catch {
                Issue.record("seed \(seed), operation \(program.operations): \(error)")
                differences += 1
            }
            done += program.operations
            ended(program)
        }
        print("\(name): \(done) operations, \(seeds.count) seeds, \(differences) differences")
    }
}
