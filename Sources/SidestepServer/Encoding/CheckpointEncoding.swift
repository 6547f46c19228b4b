import SidestepModel
import SidestepProtocol

extension JSONWriter {
    /// A checkpoint, as members of the current object.
    mutating func members(of checkpoint: CheckpointRecord, run: String) {
        member("checkpoint", checkpoint.id)
        member("run", run)
        member("sequence", checkpoint.key)
        member("name", checkpoint.name)
        member("step_number", checkpoint.stepNumber)
        payload("state", checkpoint.state)
        payload("tool_results", checkpoint.toolResults)
        payload("metadata", checkpoint.metadata)
        member("message_count", checkpoint.messageCount)
        instant("created_at", checkpoint.created)
    }
}
