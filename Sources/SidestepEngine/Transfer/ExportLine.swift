import SidestepModel
import SidestepProtocol
import SidestepStore

/// The lines of an export. What is absent is left out; payloads are written with their bytes unchanged.
enum ExportLine {
    static func line(_ kind: String, _ write: (inout JSONWriter) -> Void) -> RawJSON {
        RawJSON.build { writer in
            writer.beginObject()
            writer.member("kind", kind)
            write(&writer)
            writer.endObject()
        }
    }

    static func header(version: String, of user: UserID, at now: Instant) -> RawJSON {
        line("sidestep-run") { writer in
            writer.member("format", ExportRun.format)
            writer.member("version", version)
            writer.instant("exported_at", now)
            // For root, who keeps whose it was.
            writer.member("user", Int64(user))
        }
    }

    static func run(
        _ run: RunRecord, _ payloads: RunPayloads, tags: [(name: String, value: String)], lineage: Lineage?
    ) -> RawJSON {
        line("run") { writer in
            writer.member("id", run.id)
            writer.member("generation", run.generation)
            writer.member("uid", run.uid)
            writer.member("workflow", run.workflow)
            writer.member("status", run.status.rawValue)
            writer.member("reason", run.reason?.rawValue)
            writer.member("attempt", run.attempt)
            writer.member("interruptions", run.interruptions)
            writer.member("max_interruptions", run.maxInterruptions)
            writer.member("epoch", run.epoch)
            writer.member("code_version", run.codeVersion)
            writer.member("refuses_mismatch", run.refusesMismatch)
            writer.payload("retry", run.retry)
            writer.payload("metadata", run.metadata)
            writer.instant("deadline_at", run.deadline)
            writer.instant("created_at", run.created)
            writer.instant("updated_at", run.updated)
            writer.instant("closed_at", run.closed)
            writer.place(run)
            writer.member("compensates", run.compensates)
            writer.instant("cancel_requested_at", run.cancellation?.requested)
            writer.instant("cancel_at", run.cancellation?.final)
            writer.member("cancel_reason", run.cancellation?.reason)
            writer.member("owned_ms", run.ownedMilliseconds)
            if run.isExhausted { writer.member("exhausted", true) }
            if let traceparent = run.traceparent { writer.member("traceparent", traceparent) }
            writer.object("tags") { writer in for tag in tags { writer.member(tag.name, tag.value) } }
            writer.payload("input", payloads.input)
            writer.payload("output", payloads.output)
            writer.payload("error", payloads.error)
            if let lineage { writer.object("forked_from") { $0.members(of: lineage) } }
        }
    }

    static func branch(_ index: Int64, parent: Int?, length: Int64) -> RawJSON {
        line("branch") { writer in
            writer.member("branch", index)
            writer.member("parent", parent)
            writer.member("parent_length", parent == nil ? nil : length)
        }
    }

    static func messages(_ index: Int64, from position: Int64, _ messages: [Payload]) -> RawJSON {
        line("messages") { writer in
            writer.member("branch", index)
            writer.member("from", position)
            writer.array("messages") { writer in for message in messages { writer.raw(bytes: message) } }
        }
    }

    static func step(_ outcome: StepOutcome) -> RawJSON {
        let step = outcome.step
        return line("step") { writer in
            writer.member("step", step.name)
            writer.member("status", step.status.rawValue)
            writer.member("attempt", step.attempt)
            writer.member("failures", step.failures)
            writer.member("fingerprint", step.fingerprint)
            writer.member("at_most_once", step.atMostOnce)
            writer.member("interrupted", step.isInterrupted)
            if step.isCompensation { writer.member("compensation", true) }
            writer.payload("retry", step.retry)
            writer.member("start_to_close_ms", step.timeouts.startToClose)
            writer.member("schedule_to_close_ms", step.timeouts.scheduleToClose)
            writer.member("heartbeat_ms", step.timeouts.heartbeat)
            writer.payload("metadata", step.metadata)
            writer.payload("usage", step.usage)
            writer.instant("first_begun_at", step.firstBegun)
            writer.instant("begun_at", step.begun)
            writer.instant("finished_at", step.finished)
            writer.instant("next_attempt_at", step.nextAttempt)
            writer.payload("output", outcome.output)
            writer.payload("error", outcome.error)
        }
    }

    static func entry(_ entry: JournalEntry) -> RawJSON {
        line("entry") { writer in
            writer.instant("at", entry.at)
            writer.member("what", entry.kind)
            writer.member("step", entry.step)
            writer.member("attempt", entry.attempt)
            if let begun = entry.begun { writer.instant("begun_at", begun) }
            writer.payload("detail", entry.detail)
        }
    }

    /// The token itself is not known: its hash is enough to go on accepting it.
    static func checkpoint(
        _ checkpoint: CheckpointRecord, tokenHash: [UInt8], branch: Int?, isHead: Bool
    ) -> RawJSON {
        line("checkpoint") { writer in
            writer.member("checkpoint", checkpoint.id)
            writer.member("name", checkpoint.name)
            writer.member("step_number", checkpoint.stepNumber)
            writer.member("branch", branch)
            writer.member("length", branch == nil ? nil : checkpoint.messageCount)
            writer.payload("state", checkpoint.state)
            writer.payload("tool_results", checkpoint.toolResults)
            writer.payload("metadata", checkpoint.metadata)
            writer.member("token_hash", Identifiers.hex(tokenHash))
            writer.instant("created_at", checkpoint.created)
            // The one that the next checkpoint goes on from.
            if isHead { writer.member("head", true) }
        }
    }

    static func signal(_ signal: SignalRecord) -> RawJSON {
        line("signal") { writer in
            writer.member("signal", signal.name)
            writer.member("message_id", signal.messageID)
            writer.instant("sent_at", signal.sent)
            writer.member("consumed_by", signal.consumedBy)
            writer.instant("consumed_at", signal.consumed)
            writer.payload("value", signal.value)
        }
    }

    static func promise(_ promise: PromiseRecord) -> RawJSON {
        line("promise") { writer in
            writer.member("promise", promise.name)
            writer.member("status", promise.status.rawValue)
            writer.instant("created_at", promise.created)
            writer.instant("settled_at", promise.settled)
            writer.payload("metadata", promise.metadata)
            writer.payload("value", promise.value)
            writer.payload("error", promise.error)
        }
    }

    static func state(_ name: String, _ value: Payload) -> RawJSON {
        line("state") { writer in
            writer.member("name", name)
            writer.payload("value", value)
        }
    }

    static func budget(_ budget: Budget) -> RawJSON {
        line("budget") { writer in
            writer.member("name", budget.name.rawValue)
            writer.member("amount", budget.amount)
            writer.member("used", budget.used)
        }
    }

    static func stream(_ stream: StreamRecord) -> RawJSON {
        line("stream") { writer in
            writer.member("stream", stream.name)
            writer.instant("opened_at", stream.opened)
        }
    }

    static func items(_ chunk: StreamChunk, of stream: StreamRecord) -> RawJSON {
        line("items") { writer in
            writer.member("stream", stream.name)
            writer.member("from", chunk.start)
            writer.payload("items", chunk.items)
        }
    }

    static func streamEnd(_ stream: StreamRecord) -> RawJSON {
        line("stream_end") { writer in
            writer.member("stream", stream.name)
            writer.instant("closed_at", stream.closed)
            writer.member("items", stream.next)
            if stream.isCompacted { writer.member("compacted", true) }
            writer.payload("final", stream.final)
        }
    }

    static func artifact(_ artifact: ArtifactRecord) -> RawJSON {
        line("artifact") { writer in
            writer.member("artifact", artifact.name)
            writer.member("version", artifact.version)
            writer.member("type", artifact.type.rawValue)
            writer.member("path", artifact.path)
            writer.member("description", artifact.description)
            writer.instant("created_at", artifact.created)
            writer.payload("content", artifact.content)
        }
    }

    static func event(_ event: EventRecord) -> RawJSON {
        line("event") { writer in
            writer.member("event", event.name)
            writer.member("event_id", event.eventID)
            writer.instant("at", event.at)
            writer.payload("value", event.value)
        }
    }

    /// - Parameter lines: how many there are before it.
    static func end(after lines: Int64) -> RawJSON { line("end") { $0.member("lines", lines) } }
}

extension JSONWriter {
    fileprivate mutating func payload(_ name: String, _ payload: Payload?) {
        member(name, payload.map(RawJSON.init(validated:)))
    }

    fileprivate mutating func instant(_ name: String, _ instant: Instant?) {
        member(name, instant?.milliseconds)
    }

    /// Where and for what a run waits.
    fileprivate mutating func place(_ run: RunRecord) {
        member("queue", run.placement.queue)
        member("priority", run.placement.priority)
        member("concurrency_key", run.placement.concurrencyKey)
        member("dedup_key", run.placement.dedupKey)
        member("pinned_version", run.placement.pinnedVersion)
        instant("start_deadline_at", run.placement.startDeadline)
        instant("next_attempt_at", run.nextAttempt)
        if run.placement.startsOnDate { member("starts_on_date", true) }
    }
}
