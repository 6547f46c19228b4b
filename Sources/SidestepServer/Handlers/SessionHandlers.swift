import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

/// What the daemon says of itself.
public final class DaemonInformation: Sendable {
    /// The version of the daemon.
    public let version: String
    /// Its process.
    public let pid: Int32
    /// When it was started.
    public let started: Instant
    /// Where it listens; another path when it had to move.
    public let socket: Current<String>
    /// The file of the database.
    public let database: String
    /// The version of SQLite.
    public let storeVersion: String
    /// Bytes of the database on disk.
    public let databaseBytes: @Sendable () -> Int64
    let copies = HeldCopies()
    /// The settings in force; a reload replaces them.
    public let settings = Current<[ShownSetting]>([])
    /// How that disk does.
    public let storage: @Sendable () -> StorageCondition

    /// What is known when the daemon has opened its database and socket.
    public init(
        version: String, pid: Int32, started: Instant, socket: String, database: String, storeVersion: String,
        databaseBytes: @escaping @Sendable () -> Int64, storage: @escaping @Sendable () -> StorageCondition
    ) {
        self.version = version
        self.pid = pid
        self.started = started
        self.socket = Current(socket)
        self.database = database
        self.storeVersion = storeVersion
        self.databaseBytes = databaseBytes
        self.storage = storage
    }
}

/// A setting as administrators see it.
public struct ShownSetting: Sendable {
    let name: String
    let value: String
    /// What said it: a flag, a variable, a line of a file, or `default`.
    let origin: String

    /// A setting as `system.info` shows it.
    public init(name: String, value: String, origin: String) {
        self.name = name
        self.value = value
        self.origin = origin
    }
}

enum SessionHandlers {
    /// The protocol's number: it grows when an old client could misunderstand a new daemon.
    static let protocolVersion: Int64 = 1

    static var all: [String: Handler] {
        [
            "ping": .now { _ in Array("{}".utf8) },
            "rpc.discover": .now { _ in Array(OpenRPC.document.bytes) },
            "hello": .now { hello($0.information, $0.limits) },
            "rpc.cancel": .write({ CancelRequest(request: try requestID($0)) }) { _, _ in },
            "system.info": .query { request in
                let started = request.information.started
                let head = result { write(request.information, request.caller, &$0) }
                return { store, context in
                    let counts = try store.runCounts(
                        user: context.peer.isAdministrator ? nil : context.peer.uid)
                    return information(head, counts, context.now, since: started)
                }
            },
        ]
    }

    private static func requestID(_ request: Request) throws -> ArraySlice<UInt8> {
        guard let id = request.params.raw("id"), let first = id.bytes.first, !"{[tfn".utf8.contains(first)
        else {
            throw Failure(
                .invalidArgument, "`id` is a text or a number: that of a request",
                hint: "Send the id of the request as it was written in it.")
        }
        return id.bytes
    }

    private static func hello(_ information: DaemonInformation, _ limits: Limits) -> [UInt8] {
        result { writer in
            writer.member("server", "sidestepd")
            writer.member("version", information.version)
            writer.member("protocol", protocolVersion)
            writer.object("limits") { writer in
                for limit in limits.named { writer.member(limit.name, limit.value) }
            }
            writer.array("features") { _ in }
        }
    }

    /// Who is no administrator hears what concerns him, and nothing of the whole.
    private static func write(_ about: DaemonInformation, _ caller: Caller, _ writer: inout JSONWriter) {
        writer.member("version", about.version)
        writer.member("pid", Int64(about.pid))
        writer.instant("started_at", about.started)
        writer.member("sqlite_version", about.storeVersion)
        writer.member("connections", caller.connections)
        guard caller.peer.isAdministrator else { return }
        writer.member("socket", about.socket.value)
        writer.member("database", about.database)
        writer.member("database_bytes", about.databaseBytes())
        let storage = about.storage()
        writer.object("storage") { writer in
            writer.member("state", storage.state.rawValue)
            writer.instant("since_at", storage.since)
            writer.member("message", storage.message)
        }
        write(about.settings.value, &writer)
    }

    private static func write(_ settings: [ShownSetting], _ writer: inout JSONWriter) {
        writer.object("settings") { writer in
            for setting in settings {
                writer.object(setting.name) { writer in
                    writer.member("value", setting.value)
                    writer.member("from", setting.origin)
                }
            }
        }
    }

    private static func information(
        _ head: [UInt8], _ counts: [(status: RunStatus, count: Int64)], _ now: Instant, since started: Instant
    ) -> [UInt8] {
        let tail = result { writer in
            writer.member("uptime_ms", now.milliseconds(since: started))
            writer.counts("runs", counts)
        }
        return head.dropLast() + [UInt8(ascii: ",")] + tail.dropFirst()
    }
}
