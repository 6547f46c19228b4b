import ArgumentParser
import Sidestep
import SidestepProtocol

/// Prints what monitors read of the daemon.
struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Print the daemon's metrics, as Prometheus reads them.",
        discussion: """
            OpenMetrics text. For the textfile collector of node_exporter, from a timer:

              sidestep metrics --write /var/lib/node_exporter/textfile/sidestep.prom

            The file is replaced as a whole: a reader sees the old one or the new one. When no daemon answers, the \
            file is left as it is, and its age tells so.
            """)

    @Option(
        help: ArgumentHelp("Write them to this file, readable by all, and print nothing.", valueName: "file"))
    var write: String?
    @OptionGroup var common: Common

    func run() throws {
        guard let found = try common.show("system.metrics", { _ in }) else { return }
        let text = Array((found["text"]?.string ?? "").utf8)
        guard let write else { return Output.print(text) }
        let file = try DraftFile(write, overwrites: true, mode: 0o644)
        defer { file.close() }
        do {
            try file.write(text)
            try file.publish()
        } catch {
            file.discard()
            throw error
        }
    }
}
