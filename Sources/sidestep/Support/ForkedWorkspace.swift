import ArgumentParser
import Glibc
import Sidestep
import SidestepModel
import SidestepProtocol
import SidestepWorkspace

/// The folder that a fork begins with.
struct ForkedWorkspace: ParsableArguments {
    /// Which of the trees it gets.
    enum At: String, ExpressibleByArgument, CaseIterable { case call, start }

    @Option(
        help: ArgumentHelp(
            "An empty folder, or a new one: it is filled with what the run's --workspace held, and is the fork's.",
            valueName: "dir"))
    var workspace: String?
    @Option(
        help: ArgumentHelp(
            "With --workspace: what was there right before the call of --recording, or when the run began. A program "
                + "that does its work again from its beginning needs `start`."))
    var workspaceAt: At = .call

    /// A tree of the source, and what it is called there.
    struct Tree {
        let directory: String
        let source: Snapshots
        let name: String
        /// The call that the fork begins at; those before it are its own, too.
        let call: Int64
    }

    /// Looks whether all is there, before a fork is made.
    ///
    /// - Returns: nil where no folder was asked for.
    func tree(of run: String, _ recording: Int?, _ connection: BlockingConnection) throws -> Tree? {
        guard let workspace else { return nil }
        let (source, _) = try Snapshots.known(of: run, connection)
        let name = workspaceAt == .start ? Snapshots.start : Snapshots.call(Int64(recording ?? 0))
        do throws(WorkspaceError) {
            guard source.names.contains(name) else { throw Self.missing(name, of: run, source) }
            mkdir(workspace, 0o777)
            try Workspace.refuseFull(workspace)
        } catch {
            throw SidestepError(error, run)
        }
        return Tree(
            directory: workspace, source: source, name: name,
            call: recording.map(Int64.init) ?? (workspaceAt == .start ? .max : 0))
    }

    private static func missing(_ name: String, of run: String, _ source: Snapshots) -> WorkspaceError {
        let names = source.names
        if names.isEmpty {
            return WorkspaceError(
                "run '\(run)' has no workspace here",
                hint: "run it with --workspace DIR, or leave --workspace out")
        }
        let isAsked = names.contains { $0.hasPrefix(Snapshots.calls) }
        return WorkspaceError(
            "what the workspace of run '\(run)' held is not kept as `\(name)`",
            hint: isAsked
                ? "it has: \(names.joined(separator: ", "))"
                : "`sidestep run --workspace-at calls` keeps it before each call; --workspace-at start of this command "
                    + "takes what the run began with")
    }

    /// Fills the folder for a fork that was made.
    ///
    /// - Parameter fork: the daemon's object.
    func fill(_ tree: Tree, for fork: RawJSON) throws {
        let id = fork["id"]?.string ?? ""
        do {
            let workspace = try Workspace(tree.directory, Snapshots.of(fork))
            let count = try workspace.begin(with: tree.name, of: tree.source, callsUpTo: tree.call)
            Output.note(
                "sidestep: \(workspace.directory) holds `\(tree.name)`, \(count) files and folders; go on with "
                    + ShellText.line(["sidestep", "run", "--id", id, "--workspace", tree.directory]) + " …")
        } catch let error as WorkspaceError {
            throw SidestepError(
                .invalidArgument, "the fork \(id) is made, and its workspace is not: \(error.message)",
                run: id,
                hint: [
                    error.hint,
                    "the same command with --id \(ShellText.word(id)) fills a folder for this fork",
                ]
                .compactMap(\.self).joined(separator: "; "))
        }
    }

    /// Tells whoever forks a run with a workspace how the fork gets one.
    func tell(of run: String, _ recording: Int?, for fork: String, _ connection: BlockingConnection) {
        let names = (try? Snapshots.known(of: run, connection))?.snapshots.names ?? []
        let call = recording.map { Snapshots.call(Int64($0)) }
        guard let name = [call, Snapshots.start].compactMap(\.self).first(where: names.contains) else {
            return
        }
        var words = ["sidestep", "fork", run, "--id", fork, "--workspace", "DIR"]
        if let recording { words += ["--recording", "\(recording)"] }
        if name == Snapshots.start { words += ["--workspace-at", "start"] }
        let what = name == Snapshots.start ? "when it began" : "right before call \(recording ?? 0)"
        Output.note(
            "sidestep: run \(run) has a workspace; what it held \(what) comes with " + ShellText.line(words))
    }
}
