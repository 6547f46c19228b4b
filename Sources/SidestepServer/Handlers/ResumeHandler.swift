import Glibc
import SidestepEngine
import SidestepHost
import SidestepModel
import SidestepProtocol
import SidestepStore

enum ResumeHandler {
    static var all: [String: Handler] {
        [
            "resume": .command { request in
                let resume = try useCase(request)
                let wantsSteps = request.params.text("steps") == "all"
                let bytes = request.pageBytes()
                return { store, context in
                    let done = try resume.perform(store, &context)
                    guard wantsSteps, !done.created else { return .done(text(done, nil)) }
                    return .reading(withSteps(done, bytes))
                }
            }
        ]
    }

    /// Thousands of steps may follow: read from a snapshot after the commit, not while the writer waits.
    static func withSteps(
        _ done: ResumeRun.Result, _ bytes: Int, input: Payload? = nil, isClaim: Bool = false
    ) -> @Sendable (any StoreReader) throws -> [UInt8] {
        { store in
            let steps = try store.steps(
                of: done.run, after: nil, status: nil, limit: .max, maxBytes: bytes)
            return text(done, steps, input: input, isClaim: isClaim)
        }
    }

    private static func useCase(_ request: Request) throws -> ResumeRun {
        let params = request.params
        var resume = ResumeRun(owner: try owner(request))
        resume.run = params.string("run")
        resume.workflow = params.string("workflow")
        resume.terms = request.terms
        resume.terms.refusesMismatch = params.string("on_mismatch").map { $0 == "error" }
        resume.create = params.flag("create")
        resume.ifClosed = params.word("if_closed")
        resume.ifOwned = params.word("if_owned")
        resume.waitMilliseconds = params.integer("wait_ms")
        resume.token = params.string("token")
        resume.codeVersion = params.string("code_version")
        resume.onCodeChange = params.word("on_code_change")
        return resume
    }

    static func owner(_ request: Request) throws -> ResumeRun.OwnerRequest {
        let params = request.params
        let kind: OwnerKind = params.word("owner")
        let ttl = params.integer("ttl_ms")
        if kind == .process, request.peer.process.pid == 0 { throw inAnotherNamespace }
        guard params.knows("owner_pid"), let pid = params.integer("owner_pid") else {
            return .init(kind: kind, process: request.peer.process, ttlMilliseconds: ttl)
        }
        guard kind == .process else {
            throw Failure(
                .invalidArgument, "`owner_pid` goes with owner: process", hint: "Add \"owner\": \"process\".")
        }
        return .init(kind: kind, process: try ancestor(Int32(pid), of: request.peer), ttlMilliseconds: ttl)
    }

    /// unix(7), pid_namespaces(7): of such a peer there is a connection and no process.
    private static let inAnotherNamespace = Failure(
        .unsupported,
        "the caller is in another pid namespace: the daemon would not learn of its process's end",
        hint: "Use owner: connection or ttl, or run the daemon where it sees the caller's process.")

    private static func ancestor(_ pid: Int32, of peer: Peer) throws -> ProcessIdentity {
        guard ProcessTable.look(at: peer.process.pid) != .hidden else {
            throw Failure(
                .notPermitted, "the daemon does not see whose child the caller is: /proc is hidden from it",
                hint: "Leave `owner_pid` out, or let the daemon see processes (hidepid=, gid= in proc(5)).")
        }
        guard let process = ProcessTable.ancestor(pid, of: peer.process.pid),
            ProcessTable.status(of: process.pid)?.uid == peer.uid
        else {
            throw Failure(
                .notPermitted, "process \(pid) is no ancestor of the caller with the same user",
                hint: "owner_pid names the caller or one of its parents, for example a script's $$.")
        }
        return process
    }

    /// - Parameter input: what the run was begun with, for a worker that did not begin it.
    static func text(
        _ done: ResumeRun.Result, _ steps: Page<StepOutcome>?, input: Payload? = nil, isClaim: Bool = false
    ) -> [UInt8] {
        let outcomes = steps?.items ?? []
        return result(capacity: 1024 + outcomes.reduce(0) { $0 + 96 + ($1.output?.count ?? 0) }) { writer in
            if isClaim { writer.member("claimed", true) }
            writer.run("run", done.view)
            writer.nullable("lease", done.lease)
            writer.member("epoch", done.run.epoch)
            writer.member("created", done.created)
            if let checkpoint = done.checkpoint {
                writer.object("checkpoint") { $0.members(of: checkpoint, run: done.run.id) }
            }
            writer.list("steps", outcomes) { $0.replayed($1) }
            writer.member(
                "more", steps?.hasMore == true ? outcomes.last.map { String($0.step.sequence) } : nil)
            writer.member("traceparent", done.traceparent)
            writer.payload("input", input)
            writer.payload("output", done.payloads?.output)
            writer.payload("error", done.payloads?.error)
        }
    }
}
