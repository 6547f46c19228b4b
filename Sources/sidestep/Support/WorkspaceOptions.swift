import ArgumentParser
import Sidestep
import SidestepPlaces
import SidestepProtocol
import SidestepWorkspace

/// The folder that is set back before each start of a supervised program.
struct WorkspaceOptions: ParsableArguments {
    /// When what the folder holds is kept.
    enum At: String, ExpressibleByArgument, CaseIterable { case start, calls }

    @Option(
        help: ArgumentHelp(
            "A folder that is set back to what it held at the run's first start, each time the program starts again; "
                + "what was there is kept (`sidestep workspace ID`).", valueName: "dir"))
    var workspace: String?
    @Option(help: ArgumentHelp("The most that it may hold.", valueName: "size"))
    var workspaceLimit = SizeArgument(argument: "2G")!

    /// The workspace of a run; nil when none was asked for.
    func open(for run: RawJSON, _ connection: BlockingConnection) throws -> Workspace? {
        guard let workspace else { return nil }
        let database = try connection.call("system.info") { _ in }["database"]?.string
        do {
            let opened = try Workspace(workspace, .of(run), bytes: workspaceLimit.bytes)
            if let database, database.hasPrefix(opened.directory + "/") {
                throw WorkspaceError(
                    "the daemon's database \(database) lies in the workspace, and would be set back with it",
                    hint: "name a folder beside it")
            }
            return opened
        } catch let error as WorkspaceError {
            throw SidestepError(error, run["id"]?.string)
        }
    }

    /// The words that ask for it once more, by its whole path.
    var words: [String] {
        guard let workspace else { return [] }
        let path = RunCommand.absolute(workspace)
        return ["--workspace", path, "--workspace-limit", "\(workspaceLimit.bytes)"]
    }
}

extension Workspace {
    /// Makes the folder ready for a start of a run's program, and tells of it.
    func prepareTelling(of run: String) throws {
        let done: Preparation
        do throws(WorkspaceError) { done = try prepare() } catch { throw SidestepError(error, run) }
        switch done {
        case .kept(let entries):
            Output.complain("sidestep: kept \(directory) as it is: \(entries) files and folders")
        case .restored(let before, let changes):
            Output.complain(
                "sidestep: set \(directory) back (\(changes) changes); what was there is kept as `\(before)`")
        case .unchanged: break
        }
    }
}

extension Snapshots {
    /// What was kept for a run, in the user's folder for what lasts.
    ///
    /// - Parameter run: the daemon's object.
    static func of(_ run: RawJSON) throws -> Snapshots {
        let key = "\(run["uid"]?.string ?? "")-\(run["generation"]?.int ?? 1)"
        return Snapshots(root: try root, key: key, run: run["id"]?.string ?? "")
    }

    /// What was kept for a run that is there, or was.
    ///
    /// - Returns: with it the daemon's object of the run; nil where the run is there no more.
    static func known(
        of name: String, _ connection: BlockingConnection
    ) throws -> (snapshots: Snapshots, run: RawJSON?) {
        do {
            let run = try connection.call("run.get") { $0.member("run", name) }["run"] ?? .emptyObject
            return (try of(run), run)
        } catch let error as SidestepError where error.kind == .runNotFound {
            guard let snapshots = ofRemoved(name, root: try root) else { throw error }
            return (snapshots, nil)
        }
    }

    private static var root: String {
        get throws {
            do {
                let database = try Places(Environment.current.variables).standardDatabase()
                return "/" + database.split(separator: "/").dropLast().joined(separator: "/") + "/workspaces"
            } catch {
                throw SidestepError(.invalidArgument, error.message, hint: error.hint)
            }
        }
    }
}

extension SidestepError {
    /// What went wrong with the workspace of a run.
    init(_ error: WorkspaceError, _ run: String?) {
        self.init(.invalidArgument, error.message, run: run, hint: error.hint)
    }
}

/// A number of bytes, like 500M or 2G.
struct SizeArgument: ExpressibleByArgument {
    let bytes: Int64

    init?(argument: String) {
        let units: [Character: Int64] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
        let unit = argument.last.flatMap { units[$0] }
        guard let number = Int64(unit == nil ? argument : String(argument.dropLast())), number > 0 else {
            return nil
        }
        let (bytes, isTooMuch) = number.multipliedReportingOverflow(by: unit ?? 1)
        if isTooMuch { return nil }
        self.bytes = bytes
    }

    var defaultValueDescription: String { "\(bytes >> 30)G" }
}
