import SidestepModel
import SidestepProtocol
import SidestepStore

/// What the daemon says unasked: notifications of JSON-RPC, each a line.
enum Notifications {
    /// The owner's run was asked to end.
    static func cancelled(_ run: String, _ cancellation: Cancellation) -> [UInt8] {
        line("run.cancelled") { writer in
            writer.member("run", run)
            writer.member("reason", cancellation.reason)
            writer.member("grace_ms", max(0, cancellation.final.milliseconds(since: cancellation.requested)))
        }
    }

    /// How far a backup or vacuum is that was asked for on this connection.
    static func progress(_ task: MaintenanceTask, _ progress: MaintenanceProgress) -> [UInt8] {
        line("system.progress") { writer in
            writer.member("task", task.name)
            writer.member("done_bytes", progress.doneBytes)
            writer.member("total_bytes", progress.totalBytes)
        }
    }

    static func line(_ method: String, _ params: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.member("jsonrpc", "2.0")
        writer.member("method", method)
        writer.object("params", params)
        writer.endObject()
        writer.newline()
        return writer.bytes
    }
}
