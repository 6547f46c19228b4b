import SidestepRecording

/// A call as it is written down.
protocol WrittenCall: AnyObject {
    var request: AgentRequest { get }
    /// The same as it is looked up by.
    var recorded: RecordedRequest { get }
    var keys: CallKeys { get }
    /// Its secret: who knows it may write down how the call ended.
    var fence: String { get }
}
