import ArgumentParser
import Sidestep
import SidestepModel
import SidestepProtocol
import SidestepWorkspace

/// What was kept of the folder that a run's program works in.
struct WorkspaceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workspace", abstract: "Show and bring back what a run's --workspace held.",
        discussion: """
              sidestep workspace research-1 list
              sidestep workspace research-1 diff end-1
              sidestep workspace research-1 restore end-1

            `start` is what the folder held when the run began, `end-1`, `end-2`, … what each start of the program \
            left behind. `diff` compares with `start`, or with a second name; `now` is what the folder holds now. \
            `restore` keeps what is there first, so that it can be brought back as well.
            """)

    enum Act: String, ExpressibleByArgument, CaseIterable { case list, diff, restore }

    @Argument(help: ArgumentHelp("The run.", valueName: "run"))
    var name: String
    @Argument(help: "What to do.")
    var act: Act = .list
    @Argument(help: "What was kept, by its name in the list; `now` for what is there.")
    var names: [String] = []
    @OptionGroup var common: Common

    func validate() throws {
        switch act {
        case .list where !names.isEmpty: throw ValidationError("list takes no name")
        case .diff where names.isEmpty || names.count > 2:
            throw ValidationError("diff takes one name, or two")
        case .restore where names.count != 1:
            throw ValidationError("restore takes the name of what is to come back")
        default: break
        }
    }

    func run() throws {
        let known = try common.connect().call("run.get") { $0.member("run", name) }["run"] ?? .emptyObject
        let snapshots = try Snapshots.of(known)
        guard let directory = snapshots.directory else {
            throw SidestepError(
                .invalidArgument, "run '\(name)' has no workspace here", run: name,
                hint:
                    "workspaces are kept by the user who runs it: sidestep run --workspace DIR --id \(name) -- …"
            )
        }
        do {
            switch act {
            case .list: try list(snapshots, directory)
            case .diff: try diff(snapshots, directory)
            case .restore: try restore(Workspace(directory, snapshots), known)
            }
        } catch let error as WorkspaceError {
            throw SidestepError(error, known["id"]?.string)
        }
    }

    private func list(_ snapshots: Snapshots, _ directory: String) throws {
        let trees = try snapshots.names.map { ($0, try snapshots.tree($0)) }
        if common.json {
            return Output.line(
                RawJSON.object { writer in
                    writer.member("directory", directory)
                    writer.array("kept") { writer in
                        for (name, tree) in trees { writer.raw(Self.json(name, tree)) }
                    }
                }.text)
        }
        Output.line(directory)
        var table = Table("NAME", "FILES AND FOLDERS", "SIZE")
        for (name, tree) in trees { table.add(name, "\(tree.entries.count)", ByteCount.text(Int(tree.size))) }
        table.print(orWhenEmpty: "Nothing is kept.")
    }

    private static func json(_ name: String, _ tree: Tree) -> RawJSON {
        .object { writer in
            writer.member("name", name)
            writer.member("entries", tree.entries.count)
            writer.member("size_bytes", Int(tree.size))
        }
    }

    private func diff(_ snapshots: Snapshots, _ directory: String) throws {
        let first = names.count == 2 ? names[0] : Snapshots.start
        let changes = try tree(first, snapshots, directory).changes(
            to: tree(names.last!, snapshots, directory))
        for change in changes { Output.line(common.json ? Self.json(change) : Self.line(change)) }
        if !changes.isEmpty { throw ExitCode(1) }
    }

    private func tree(_ name: String, _ snapshots: Snapshots, _ directory: String) throws -> Tree {
        name == "now" ? try Workspace(directory, snapshots).present() : try snapshots.tree(name)
    }

    private func restore(_ workspace: Workspace, _ run: RawJSON) throws {
        if run["status"]?.string == "running" {
            throw SidestepError(
                .runOwned, "the program of run '\(name)' is at work in \(workspace.directory)", run: name,
                hint: "end it first: \(ShellText.sidestep("pause", name))")
        }
        switch try workspace.restore(names[0]) {
        case .restored(let before, let changes):
            Output.line("\(changes) changes; what was there is kept as `\(before)`")
        case .unchanged, .kept: Output.line("It is as it was.")
        }
    }

    private static func line(_ change: Change) -> String {
        let path = TreeText.escaped(change.path)
        return switch change {
        case .added: "+ \(path)"
        case .removed: "- \(path)"
        case .changed(let old, let new): "M \(path)" + (old.kind == new.kind ? " (rights or time)" : "")
        }
    }

    private static func json(_ change: Change) -> String {
        let (kind, path) =
            switch change {
            case .added: ("added", change.path)
            case .removed: ("removed", change.path)
            case .changed: ("changed", change.path)
            }
        return RawJSON.object { writer in
            writer.member("change", kind)
            writer.member("path", TreeText.escaped(path))
        }.text
    }
}
