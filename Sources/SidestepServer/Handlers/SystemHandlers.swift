import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

struct MaintenanceRequest: Sendable {
    let task: MaintenanceTask
    /// Whether the connection is told how far it is.
    let tellsProgress: Bool
}

enum SystemHandlers {
    static var all: [String: Handler] {
        [
            "system.advance": .write({
                AdvanceTime(milliseconds: $0.params.count("ms"))
            }) { writer, now in
                writer.member("now", now.milliseconds)
            },
            "system.backup": .maintain { request in
                try request.requireAdministrator()
                guard let path = request.params.string("path") else {
                    return MaintenanceRequest(task: .copy, tellsProgress: request.tellsProgress)
                }
                guard path.utf8.first == UInt8(ascii: "/") else {
                    throw Failure(
                        .invalidArgument, "`path` is \(path), and the daemon has another working directory",
                        hint: "Pass a path that begins with a slash.")
                }
                let overwrites = request.params.flag("overwrite")
                return MaintenanceRequest(
                    task: .backup(path: path, overwrites: overwrites), tellsProgress: request.tellsProgress)
            },
            "system.backup_read": .query { request in
                try request.requireAdministrator()
                let (token, copies) = (request.required("backup"), request.information.copies)
                let from = request.params.count("from")
                let count = Int(request.params.count("max_bytes"))
                // On a reader's thread: the copy may be on the disk alone.
                return { _, context in
                    let copy = try copies.copy(token, at: context.now)
                    let bytes = try copy.read(at: from, count: count)
                    let hasMore = from + Int64(bytes.count) < copy.bytes
                    if !hasMore { copies.drop(token) }
                    return result(capacity: bytes.count * 4 / 3 + 64) { writer in
                        writer.member("data", Base64.encode(bytes))
                        writer.member("more", hasMore)
                    }
                }
            },
            "system.acts": .read({
                ListActs(after: $0.params.count("after"), limit: $0.limit)
            }) { writer, page in
                writer.list("acts", page.items) { $0.act($1) }
                writer.member("more", page.hasMore ? page.items.last?.sequence : nil)
            },
            "system.check": .maintain { request in
                try request.requireAdministrator()
                return MaintenanceRequest(task: .check, tellsProgress: false)
            },
            "system.drain": .write({ request in
                try request.requireAdministrator()
                return Drain(isOn: request.params.flag("on"))
            }) { writer, going in
                writer.member("runs", going.runs)
                writer.member("steps", going.executing)
            },
            "system.vacuum": .maintain { request in
                try request.requireAdministrator()
                return MaintenanceRequest(task: .vacuum, tellsProgress: request.tellsProgress)
            },
            "system.metrics": .query { request in
                try request.requireAdministrator()
                let about = request.information
                return { store, context in
                    let text = try MetricsReport.text(about, store, context.environment)
                    return result(capacity: text.utf8.count * 9 / 8) { $0.member("text", text) }
                }
            },
            "system.stats": .query { request in
                try request.requireAdministrator()
                let bytes = request.information.databaseBytes
                return { store, context in try statistics(store, bytes(), context) }
            },
        ]
    }

    /// What a finished task is answered with.
    ///
    /// - Parameter held: keeps a copy for its reader, and answers with what is to be passed.
    static func text(
        _ task: MaintenanceTask, _ report: MaintenanceReport, held: (any HeldCopy) -> String
    ) -> [UInt8] {
        result { writer in
            switch report {
            case .copy(let copy):
                writer.member("backup", held(copy))
                writer.member("bytes", copy.bytes)
            case .backup(let bytes):
                if case .backup(let path, _) = task { writer.member("path", path) }
                writer.member("bytes", bytes)
            case .check(let problems):
                writer.member("ok", problems.isEmpty)
                writer.member("problems", problems)
            case .vacuum(let before, let after):
                writer.member("bytes_before", before)
                writer.member("bytes_after", after)
            }
        }
    }

    private static func statistics(
        _ store: any StoreReader, _ bytes: Int64, _ context: CallContext
    ) throws -> [UInt8] {
        let found = try store.statistics()
        let (counts, memories) = (try store.runCounts(user: nil), try store.memoryCount())
        return result { writer in
            writer.member("database_bytes", bytes)
            writer.member("log_bytes", max(0, bytes - found.bytes))
            writer.member("free_bytes", found.freeBytes)
            writer.counts("runs", counts)
            writer.member("forks", found.forks)
            writer.member("being_removed", found.beingRemoved)
            writer.member("kept_for_forks", found.keptForForks)
            writer.member("memories", memories)
            writer.instant("oldest_closed_at", found.oldestClosed)
        }
    }
}

extension Notice {
    /// What the operator is told of maintenance.
    init(_ kind: NoticeKind, _ task: MaintenanceTask) {
        self = Notice(kind).with(.task, task.name)
        if case .backup(let path, _) = task { self = with(.path, path) }
    }

    init(_ task: MaintenanceTask, _ result: Result<MaintenanceReport, Failure>) {
        switch result {
        case .failure(let failure): self = Notice(.maintenanceFailed, task).with(.problem, failure.message)
        case .success(.backup(let bytes)): self = Notice(.maintenanceEnded, task).with(.bytes, bytes)
        case .success(.copy(let copy)): self = Notice(.maintenanceEnded, task).with(.bytes, copy.bytes)
        case .success(.check(let problems)):
            self = Notice(problems.isEmpty ? .maintenanceEnded : .maintenanceFailed, task)
                .with(.problem, problems.first)
        case .success(.vacuum(_, let after)): self = Notice(.maintenanceEnded, task).with(.bytes, after)
        }
    }
}

extension JSONWriter {
    fileprivate mutating func act(_ act: ActRecord) {
        object { writer in
            writer.member("sequence", act.sequence)
            writer.instant("at", act.at)
            writer.member("method", act.method)
            writer.member("subject", act.subject)
            writer.member("uid", Int64(act.userID))
            writer.object("by") { writer in
                writer.member("uid", Int64(act.byUser))
                writer.member("pid", Int64(act.byProcess))
            }
            writer.payload("detail", act.detail)
        }
    }
}

extension Request {
    fileprivate var tellsProgress: Bool { params.flag("progress") }

    /// Refuses what concerns all users to all but administrators.
    func requireAdministrator() throws {
        if peer.isAdministrator { return }
        throw Failure(
            .notPermitted, "only an administrator may do this",
            hint: "Call as the daemon's user, as root, or as a member of `admin_group`.")
    }
}
