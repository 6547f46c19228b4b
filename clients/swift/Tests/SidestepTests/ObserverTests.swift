import InMemoryTracing
import Metrics
import MetricsTestKit
import SidestepMetrics
import SidestepProtocol
import SidestepTracing
import Testing
import Tracing

@testable import Sidestep

/// What is measured and traced of a client, with a real daemon.
@Suite(.timeLimit(.minutes(10))) struct ObserverTests {
    private func client(
        _ daemon: LocalDaemon, _ configure: (inout SidestepClient.Configuration) -> Void
    ) async throws -> SidestepClient {
        var configuration = SidestepClient.Configuration(socket: daemon.socket, autostart: false)
        configure(&configuration)
        return try await SidestepClient.connect(configuration)
    }

    @Test("a step that is executed is counted and timed by its name; one that has a record is not")
    func metrics() async throws {
        let daemon = try await LocalDaemon()
        let metrics = TestMetrics()
        let client = try await client(daemon) { $0.measure(with: metrics) }
        for _ in 1...2 {
            try await client.withRun("r") { run in
                _ = try await run.parallel("fetch", over: ["a", "b/c"], id: { $0 }) { $0 }
                _ = try? await run.step("pay") { throw AttemptTimeout(limit: .zero) }
            }
        }
        let completed = [("name", "fetch"), ("outcome", "completed")]
        #expect(try metrics.expectCounter("sidestep_steps_total", completed).values == [1, 1])
        #expect(try metrics.expectTimer("sidestep_step_duration_seconds", completed).values.count == 2)
        let failed = [("name", "pay"), ("outcome", "failed")]
        #expect(try metrics.expectCounter("sidestep_steps_total", failed).values == [1])
        let calls = [("name", "resume"), ("outcome", "completed")]
        #expect(try metrics.expectCounter("sidestep_calls_total", calls).values == [1, 1])
    }

    @Test("waits and workflows are counted, and what is cancelled or let go has not failed")
    func outcomes() async throws {
        let daemon = try await LocalDaemon()
        let metrics = TestMetrics()
        let client = try await client(daemon) { $0.measure(with: metrics) }
        let waiting = Task { [client] in
            try await client.workflow("w", run: "r") { run in try await run.signal("go") }
        }
        try await until { try await isWaiting(client, "r", "signal:go") }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        try await client.signal("go", to: "r")
        try await client.workflow("w", run: "r") { run in try await run.signal("go") }
        for outcome in ["cancelled", "completed"] {
            let wait = [("name", "signal"), ("outcome", outcome)]
            #expect(try metrics.expectCounter("sidestep_waits_total", wait).values == [1])
            let workflow = [("name", "w"), ("outcome", outcome)]
            #expect(try metrics.expectCounter("sidestep_workflows_total", workflow).values == [1])
        }
    }

    @Test("the body of a step is within the step's span, that within the workflow's, and its error is noted")
    func spans() async throws {
        let daemon = try await LocalDaemon()
        let tracer = InMemoryTracer()
        let client = try await client(daemon) { $0.trace(with: tracer) }
        _ = try? await client.workflow("w", run: "r") { run in
            try await run.step("fetch") { tracer.startSpan("mine").end() }
            try await run.step("pay") { throw AttemptTimeout(limit: .zero) }
        }
        let spans = tracer.finishedSpans
        func span(_ name: String) throws -> FinishedInMemorySpan {
            try #require(spans.first { $0.operationName == name }, "\(spans.map(\.operationName))")
        }
        let (workflow, fetch) = (try span("workflow w"), try span("step fetch"))
        #expect(try span("mine").parentSpanID == fetch.spanID)
        #expect(fetch.parentSpanID == workflow.spanID)
        #expect(fetch.attributes["sidestep.run"]?.toSpanAttribute() == "r")
        #expect(try span("step pay").errors.count == 1)
        #expect(try span("step pay").status?.code == .error)
        #expect(try span("call step.complete").kind == .client)
    }

    @Test("a run that another process goes on with continues the trace that it was made in, by its metadata")
    func continued() async throws {
        let daemon = try await LocalDaemon()
        let tracer = InMemoryTracer()
        let client = try await client(daemon) { $0.trace(with: tracer) }
        let made = InMemoryTracer().startSpan("request")
        try await ServiceContext.withValue(made.context) {
            try await client.enqueue("w", run: "queued", options: .with { $0.metadata = .emptyObject })
            _ = try await client.withRun("resumed", options: .with { $0.metadata = note }) { _ in }
        }
        try await client.workflow("w", run: "queued") { _ in }
        try await client.workflow("w", run: "resumed") { _ in }
        let spans = tracer.finishedSpans.filter { $0.operationName.hasPrefix("workflow") }
        #expect(spans.map(\.traceID) == [made.traceID, made.traceID])
        #expect(spans.map(\.parentSpanID) == [made.spanID, made.spanID])
        let metadata = try await client.call("run.get") { $0.member("run", "resumed") }["run"]?["metadata"]
        #expect(metadata?["note"]?.string == "mine", "what its author noted is there as well")
    }

    private var note: RawJSON { .object { $0.member("note", "mine") } }

    @Test("the name of a series has neither keys nor numbers nor the steps around")
    func families() {
        for (name, family) in [
            ("fetch", "fetch"), ("fetch#2", "fetch"), ("fetch:a%2Fb", "fetch"), ("outer/fetch:x#3", "fetch"),
            ("signal:go", "signal"), ("sleep#4", "sleep"),
        ] { #expect(Activity(kind: .step, name: name).family == family) }
        #expect(Activity(kind: .call, name: "run.get").family == "run.get")
    }
}
