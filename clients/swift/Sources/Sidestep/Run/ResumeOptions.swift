import FoundationEssentials
import SidestepProtocol

/// How a run is opened; everything has a default.
public struct ResumeOptions: Sendable {
    /// What to do with a run that has ended.
    public enum IfClosed: String, Sendable { case `return`, retry, rerun, fail }
    /// What to do with a run that another process executes.
    public enum IfOwned: String, Sendable { case fail, wait, takeOver = "take_over", kill }
    /// What to do when the run was last executed by other code.
    public enum OnCodeChange: String, Sendable { case `continue`, pause, fail }
    /// What to do when a finished step is asked for with other inputs.
    public enum OnMismatch: String, Sendable { case error, warn }

    /// Create the run when there is none. Default true.
    public var create = true
    /// What to do with a run that has ended. Default: return its recorded output or error.
    public var ifClosed: IfClosed = .return
    /// What to do with a run that another process executes. Default: throw `runOwned`.
    public var ifOwned: IfOwned = .fail
    /// How long `ifOwned: .wait` waits.
    public var wait: Duration?
    /// A resume token: go on from its checkpoint.
    public var token: String?
    /// The version of the code, to be noted or compared.
    public var codeVersion: String?
    /// What to do when the run was begun by another version.
    public var onCodeChange: OnCodeChange?
    /// What to do when a recorded step is asked for with other arguments.
    public var onMismatch: OnMismatch?
    /// The policy of the run as a whole, for errors that leave the workflow.
    public var retry: RetryPolicy?
    /// Crashes in a row without a newly recorded step until the run is paused. Default 10.
    public var maxInterruptions: Int?
    /// Names to find the run by.
    public var tags: [String: String]?
    /// Anything to keep with the run.
    public var metadata: RawJSON?
    /// When the run is over at the latest.
    public var deadline: Date?
    /// The run that a new one belongs to: it is cancelled with it, and what it uses counts for it.
    public var parent: String?
    /// When what its steps did is undone. Default: on a cancel, as long as a process has the run.
    public var undo: Undoing?
    /// What it and its children may use up, by the names of the protocol: `tokens`, `cost_micros`, `calls`, …
    public var budget: [String: Int]?
    /// The span of a trace that a new run is below, as the header `traceparent` has it. Default: the one that the
    /// calling code is in, where that is known: by `TracingObserver`, or in the body of a step.
    public var traceparent: String?

    /// The defaults.
    public init() {}

    /// The defaults, changed by `change`: `.with { $0.ifOwned = .wait }`.
    public static func with(_ change: (inout ResumeOptions) -> Void) -> ResumeOptions {
        var options = ResumeOptions()
        change(&options)
        return options
    }

    func write(to writer: inout JSONWriter) {
        if !create { writer.member("create", false) }
        writer.member("if_closed", ifClosed == .return ? nil : ifClosed.rawValue)
        writer.member("if_owned", ifOwned == .fail ? nil : ifOwned.rawValue)
        writer.member("wait_ms", wait?.milliseconds)
        writer.member("token", token)
        writer.member("code_version", codeVersion)
        writer.member("on_code_change", onCodeChange?.rawValue)
        writer.member("on_mismatch", onMismatch?.rawValue)
        writer.member("retry", retry?.json)
        writer.member("max_interruptions", maxInterruptions)
        if let tags { writer.object("tags") { tags.write(to: &$0) } }
        writer.member("metadata", metadata)
        writer.member("deadline_at", deadline?.milliseconds)
        writer.member("parent", parent)
        if undo != nil { writer.member("compensates", true) }
        if let budget { writer.object("budget") { budget.write(to: &$0) } }
        writer.member("traceparent", traceparent)
    }
}

extension [String: Int] {
    func write(to writer: inout JSONWriter) {
        for (name, value) in sorted(by: { $0.key < $1.key }) { writer.member(name, value) }
    }
}

extension [String: String] {
    func write(to writer: inout JSONWriter) {
        for (name, value) in sorted(by: { $0.key < $1.key }) { writer.member(name, value) }
    }
}

extension RetryPolicy {
    /// The policy as the wire has it.
    public var json: RawJSON {
        .object { writer in
            writer.member("max_attempts", maxAttempts)
            writer.member("initial_ms", initial?.milliseconds)
            writer.member("factor", factor)
            writer.member("max_ms", longest?.milliseconds)
            writer.member("jitter", jitter)
            if let delays {
                writer.array("delays_ms") { writer in delays.forEach { writer.value($0.milliseconds) } }
            }
            writer.member("retry_on", retryOn)
            writer.member("fail_on", failOn)
        }
    }
}
