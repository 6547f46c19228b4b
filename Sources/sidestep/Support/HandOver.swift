import ArgumentParser
import Sidestep
import SidestepProtocol

/// What whoever detached a program tells its supervisor, in a word of the command line: `EPOCH` or `EPOCH:END`.
///
/// The one who hands a run over has owned it and released it, and started nothing: that is no end of a start.
struct HandOver: ExpressibleByArgument {
    /// The epoch that it had.
    let epoch: Int
    /// How the last start before it ended; nil where there was none.
    let lastEnd: String?

    /// - Parameter opened: what `resume` answered.
    init(_ opened: RawJSON, of run: String, _ connection: BlockingConnection) throws {
        epoch = opened["epoch"]?.int ?? 1
        lastEnd = epoch > 1 ? try Self.lastEnd { try connection.call($0) { $0.member("run", run) } } : nil
    }

    init?(argument: String) {
        let parts = argument.split(separator: ":", maxSplits: 1)
        guard let epoch = parts.first.flatMap({ Int($0) }) else { return nil }
        self.epoch = epoch
        lastEnd = parts.count > 1 ? String(parts[1]) : nil
    }

    var text: String { lastEnd.map { "\(epoch):\($0)" } ?? "\(epoch)" }

    /// What the journal says of the last start.
    static func lastEnd(_ ask: (String) throws -> RawJSON) rethrows -> String? {
        try ask("run.explain").present("last_end")?.string
    }
}
