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
              sidestep workspace research-1 diff call-3 call-4
              sidestep workspace research-1 restore end-1
              sidestep workspace research-1 forget 'call-*'

            `start` is what the folder held when the run began, `end-1`, `end-2`, … what each start of the program \
            left behind, `call-N` what was there right before call N of `sidestep recordings` was sent \
            (--workspace-at calls). `diff` compares with `start`, or with a second name; `now` is what the folder \
            holds now. `restore` keeps what is there first, so that it can be brought back as well. `forget` deletes \
            trees, and contents that no other tree needs; a pattern means trees of calls alone, all others go by \
            their own name. Nothing is forgotten by itself, also when the run is removed.
            """)

    enum Act: String, ExpressibleByArgument, CaseIterable { case list, diff, restore, forget }

    @Argument(help: ArgumentHelp("The run.", valueName: "run"))
    var name: String
    @Argument(help: "What to do.")
    var act: Act = .list
    @Argument(
        help: ArgumentHelp(
            "What was kept, by its name in the list; `now` for what is there.", valueName: "tree"))
    var names: [String] = []
    @OptionGroup var common: Common

    func validate() throws {
        switch act {
        case .list where !names.isEmpty: throw ValidationError("list takes no name")
        case .diff where names.isEmpty || names.count > 2:
            throw ValidationError("diff takes one name, or two")
        case .restore where names.count != 1:
            throw ValidationError("restore takes the name of what is to come back")
        case .forget where names.isEmpty:
            throw ValidationError("forget takes the names of what is to go, or a pattern: 'call-*'")
        default: break
        }
    }

    func run() throws {
        let (snapshots, known) = try Snapshots.known(of: name, common.connect())
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
            case .forget: try forget(snapshots, known)
            }
        } catch let error as WorkspaceError {
            throw SidestepError(error, name)
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

    /// A program that is at work needs what it began with, and finds what it has written.
    private func refuseRunning(_ run: RawJSON?) throws {
        guard run?["status"]?.string == "running" else { return }
        throw SidestepError(
            .runOwned, "the program of run '\(name)' is at work", run: name,
            hint: "end it first: \(ShellText.sidestep("pause", name))")
    }

    private func forget(_ snapshots: Snapshots, _ run: RawJSON?) throws {
        let meant = try snapshots.names(meantBy: names)
        if meant.contains(Snapshots.start) { try refuseRunning(run) }
        let gone = try snapshots.forget(meant)
        if common.json {
            return Output.line(
                RawJSON.object { writer in
                    writer.member("forgotten", gone.names)
                    writer.member("contents", gone.contents)
                    writer.member("size_bytes", Int(gone.bytes))
                }.text)
        }
        Output.line("forgot " + gone.names.joined(separator: ", "))
        let contents = gone.contents == 1 ? "1 content" : "\(gone.contents) contents"
        Output.line("\(contents) that no other tree needs went with it: \(ByteCount.text(Int(gone.bytes)))")
    }

    private func restore(_ workspace: Workspace, _ run: RawJSON?) throws {
        try refuseRunning(run)
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
