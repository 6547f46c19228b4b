import Sidestep
import SidestepLibC

/// The daemon's program.
enum DaemonProgram {
    static func find() throws -> String {
        let environment = Environment.current
        if let named = environment["SIDESTEPD"] { return named }
        let folders = besideTests + (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let candidates = folders.map { $0 + "/sidestepd" }
        if let found = candidates.first(where: { access($0, X_OK) == 0 }) { return found }
        throw SidestepError(
            .daemonNotFound, "there is no sidestepd; looked in \(folders.joined(separator: ", "))",
            hint: "build it (swift build --product sidestepd), or name it in SIDESTEPD")
    }

    /// Tests run inside a runner of the toolchain; the bundle is its argument.
    private static var besideTests: [String] {
        let bundles = CommandLine.arguments.filter { $0.contains(".xctest") }
        return (bundles + [ownProgram]).map { path in
            "/" + path.split(separator: "/").dropLast().joined(separator: "/")
        }
    }

    private static var ownProgram: String { System.ownProgram ?? "" }
}
