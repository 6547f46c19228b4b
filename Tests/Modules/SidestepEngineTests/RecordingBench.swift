import SidestepEngine
import SidestepModel
import SidestepStore
import TestSupport
import Testing

/// A run with a recorder, and the few calls that most tests make of it.
struct RecordingBench {
    let bench: EngineBench
    var client: TestClient
    var lease = ""
    let run: String

    /// A run that is held, and opened by the recorder `r`.
    init(
        _ bench: EngineBench, run: String = "r", budget: [(BudgetName, Int64)] = [], parent: String? = nil
    ) throws {
        (self.bench, self.run) = (bench, run)
        client = bench.daemon.connect()
        try hold {
            $0.budget = budget.map { (name: $0.0, amount: $0.1) }
            $0.parent = parent
        }
    }

    /// Takes a new lease, as a supervisor does before each start of its program.
    mutating func hold(
        recorder: String = "r", _ change: (inout ResumeRun) -> Void = { $0.ifOwned = .takeOver }
    ) throws {
        lease = try bench.resume(run, by: client, change).lease!
        try open(recorder)
    }

    @discardableResult
    func open(_ recorder: String = "r") throws -> OpenRecording.Result {
        try bench.daemon.call(OpenRecording(proof: .text(lease), recorder: recorder), by: client).get()
    }

    func begin(
        _ call: String, key: String = "k", recorder: String = "r", reserve: String? = nil,
        body: BeginRecording.Body? = nil
    ) -> Result<Int64, Failure> {
        let keys = Payload(text: #"["\#(key)"]"#)
        let asked = RecordedRequest(upstream: "openai", httpMethod: "POST", path: "/v1/chat", keys: keys)
        var begin = BeginRecording(proof: .text(lease), recorder: recorder, call: call, request: asked)
        begin.reserve = reserve.map { Payload(text: $0) }
        begin.body = body
        return bench.daemon.call(begin, by: client)
    }

    @discardableResult
    func complete(
        _ number: Int64, _ call: String, body: String = "{}", usage: String? = nil, of run: String? = nil
    ) -> Result<RecordingView, Failure> {
        var response = RecordedResponse()
        response.status = 200
        let fence = RecordingFence(run: run ?? self.run, recording: number, call: call)
        var complete = CompleteRecording(fence, response: response, body: Array(body.utf8))
        complete.usage = usage.map { Payload(text: $0) }
        return bench.daemon.call(complete, by: client)
    }

    @discardableResult
    func fail(
        _ number: Int64, _ call: String, _ event: RecordingEvent = .failed, usage: String? = nil
    ) -> Result<RecordingView, Failure> {
        var fail = FailRecording(RecordingFence(run: run, recording: number, call: call), event)
        fail.usage = usage.map { Payload(text: $0) }
        return bench.daemon.call(fail, by: client)
    }

    /// Begins a call and completes it; its number.
    @discardableResult
    func record(_ call: String, body: String = "{}", usage: String? = nil) throws -> Int64 {
        let number = try begin(call).get()
        _ = try complete(number, call, body: body, usage: usage).get()
        return number
    }

    /// Numbers and states of what a run has.
    func states(of run: String? = nil) throws -> [String] {
        let list = ListRecordings(run: run ?? self.run)
        return try bench.daemon.query(list, by: client).items.map {
            "\($0.recording.number) \($0.state.rawValue)"
        }
    }

    func get(_ number: Int64, of run: String? = nil) throws -> GetRecording.Result {
        var get = GetRecording(run: run ?? self.run, recording: number)
        get.wantsRequest = true
        return try bench.daemon.query(get, by: client)
    }

    func answer(_ number: Int64, of run: String? = nil) throws -> String? {
        try get(number, of: run).response.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Amount, used, reserved.
    func budget(_ name: BudgetName, of run: String? = nil) throws -> [Int64] {
        try bench.daemon.query(GetBudget(run: run ?? self.run), by: client)
            .filter { $0.name == name }.flatMap { [$0.amount, $0.used, $0.reserved] }
    }
}
