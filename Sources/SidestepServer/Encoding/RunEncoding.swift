import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

extension JSONWriter {
    /// A member that holds bytes of a user; left out when there are none.
    mutating func payload(_ name: String, _ payload: Payload?) {
        member(name, payload.map(RawJSON.init(validated:)))
    }

    mutating func instant(_ name: String, _ instant: Instant?) { member(name, instant?.milliseconds) }

    /// A member that is null, not absent, when there is nothing.
    mutating func nullable(_ name: String, _ text: String?) {
        key(name)
        if let text { value(text) } else { null() }
    }

    mutating func owner(_ name: String, _ owner: Owner?) {
        guard let owner else { return }
        object(name) { writer in
            writer.member("kind", owner.kind.rawValue)
            writer.member("pid", Int64(owner.process.pid))
            writer.member("uid", Int64(owner.uid))
            writer.instant("since_at", owner.since)
        }
    }

    mutating func run(_ name: String, _ view: RunView) {
        key(name)
        run(view)
    }

    mutating func run(_ view: RunView) {
        let run = view.run
        beginObject()
        member("id", run.id)
        member("uid", run.uid)
        if run.userID != RunRecord.nobody { member("user", Int64(run.userID)) }
        member("generation", run.generation)
        member("workflow", run.workflow)
        member("status", run.status.rawValue)
        member("reason", run.reason?.rawValue)
        member("attempt", run.attempt)
        member("interruptions", run.interruptions)
        member("epoch", run.epoch)
        owner("owner", run.lease?.owner)
        member("code_version", run.codeVersion)
        object("tags") { writer in for tag in view.tags { writer.member(tag.name, tag.value) } }
        payload("metadata", run.metadata)
        instant("deadline_at", run.deadline)
        instant("next_attempt_at", run.nextAttempt)
        member("queue", run.placement.queue)
        if run.placement.priority != 0 { member("priority", run.placement.priority) }
        if let parent = view.parent {
            member("parent", parent)
            member("on_parent_close", run.isDetached ? "detach" : "cancel")
        }
        if run.compensates { member("compensates", true) }
        cancellation("cancel", run.cancellation)
        instant("created_at", run.created)
        instant("updated_at", run.updated)
        instant("closed_at", run.closed)
        endObject()
    }

    mutating func cancellation(_ name: String, _ cancellation: Cancellation?) {
        guard let cancellation else { return }
        object(name) { writer in
            writer.instant("requested_at", cancellation.requested)
            writer.instant("at", cancellation.final)
            writer.member("reason", cancellation.reason)
        }
    }

    mutating func counts<Status: RawRepresentable<String>>(
        _ name: String, _ counts: [(status: Status, count: Int64)]
    ) {
        object(name) { writer in for entry in counts { writer.member(entry.status.rawValue, entry.count) } }
    }
}

/// Builds the JSON text of a result object.
func result(capacity: Int = 256, _ write: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter(capacity: capacity)
    writer.beginObject()
    write(&writer)
    writer.endObject()
    return writer.bytes
}
