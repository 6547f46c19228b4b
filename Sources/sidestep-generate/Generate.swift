import FoundationEssentials
import Glibc
import SidestepProtocol

/// Writes what is derived from the tables of methods, settings, notices, reasons and metrics, and the list of the
/// page's files:
/// `sidestep-generate [--check] [FOLDER]`.
///
/// The files are checked in, so that a change of the contract shows in review; `--check` fails on stale ones.
@main
struct Generate {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        let folder = arguments.first { !$0.hasPrefix("-") } ?? "docs/reference"
        let files = [
            ("openrpc.json", PrettyJSON.text(of: OpenRPC.document)), ("methods.md", MethodsPage.text),
            ("settings.md", SettingsPage.text), ("log.md", LogPage.text), ("reasons.md", ReasonsPage.text),
            ("limits.md", LimitsPage.text), ("metrics.md", MetricsPage.text),
        ]
        let swift = "clients/swift/Sources/Sidestep/Wire"
        let all =
            files.map { ("\(folder)/\($0.0)", $0.1) } + SwiftMethods.files.map { ("\(swift)/\($0.0)", $0.1) }
            + [("Sources/SidestepPage/PageFiles.swift", try PageFiles.text(of: "Sources/SidestepPage/Page"))]
        let stale = all.filter { current($0.0) != $0.1 }
        if arguments.contains("--check") {
            for (path, _) in stale { print("\(path) is stale: run `make generate`") }
            if !stale.isEmpty { exit(1) }
            return
        }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (path, text) in stale { try Data(text.utf8).write(to: URL(filePath: path)) }
    }

    private static func current(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
