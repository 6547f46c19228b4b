import FoundationEssentials
import Sidestep
import SidestepLibC
import SidestepProtocol

/// Plays one scenario.
final class Player {
    let scenario: Scenario
    let workplace: Workplace
    var variables = Variables()
    private var wires: [String: Wire] = [:]
    private var lastID = 0
    /// Requests sent and not yet waited for, by label: which connection, which id.
    private var started: [String: (on: String, id: Int)] = [:]
    var programs: [String: ProgramRun] = [:]
    let effects: String

    init(_ scenario: Scenario, run: String, workplace: Workplace) {
        self.scenario = scenario
        self.workplace = workplace
        effects = "\(workplace.directory)/\(run).effects"
        variables["run"] = .string(run)
        variables["pid"] = .integer(Int64(getpid()))
        variables["uid"] = .integer(Int64(getuid()))
        variables["socket"] = .string(workplace.daemon.socket)
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        variables["now"] = .integer(Int64(time.tv_sec * 1000 + time.tv_nsec / 1_000_000))
    }

    func play() throws {
        for (index, operation) in scenario.operations.enumerated() {
            do {
                try perform(operation)
            } catch {
                throw Mismatch("operation \(index + 1) \(operation.text.prefix(160)): \(error)")
            }
        }
    }

    func cleanUp() {
        wires = [:]
        for program in programs.values { program.process.end() }
        unlink(effects)
    }

    // MARK: - Connections

    private func wire(_ operation: RawJSON) throws -> Wire { try wire(named: operation["on"]?.string ?? "a") }

    private func wire(named name: String) throws -> Wire {
        if let wire = wires[name], !wire.checkLost() { return wire }
        let wire = try Wire(path: workplace.daemon.socket)
        wires[name] = wire
        return wire
    }

    private func connect(_ name: String, isProcess: Bool) throws {
        let wire =
            try isProcess ? Wire(relayTo: workplace.daemon.socket) : Wire(path: workplace.daemon.socket)
        wires[name] = wire
        if let process = wire.process { variables["pid_\(name)"] = .integer(Int64(process.pid)) }
    }

    // MARK: - Operations

    private func perform(_ operation: RawJSON) throws {
        switch operation.members.first?.key {
        case "call": try call(operation)
        case "await" where programs[operation["await"]?.string ?? ""] != nil: try awaitProgram(operation)
        case "await": try awaitReply(operation)
        case "pending": try pending(operation)
        case "until": try until(operation)
        case "notify": try wire(operation).write(frame(operation["notify"], operation, id: nil))
        case "line": try line(Array(text(operation["line"]).utf8) + [10], operation)
        case "bytes":
            try line(Array(Data(base64Encoded: operation["bytes"]?.string ?? "") ?? Data()), operation)
        case "set": set(operation["set"] ?? .null)
        case "compare": try compare(variables.resolve(operation["compare"] ?? .null), operation["to"])
        case "connect":
            try connect(operation["connect"]?.string ?? "", isProcess: operation["process"]?.bool ?? false)
        case "kill": try kill(operation)
        case "disconnect": wires[operation["disconnect"]?.string ?? ""] = nil
        case "daemon": try workplace.daemon.perform(operation["daemon"]?.string ?? "")
        case "sleep_ms": usleep(UInt32((operation["sleep_ms"]?.int ?? 0) * 1000))
        case "program": try program(operation)
        case "hear": try hear(operation)
        case "answer": programs[operation["answer"]?.string ?? ""]?.answer()
        default: throw Mismatch("no such operation")
        }
    }

    private func text(_ json: RawJSON?) -> String { json.map { variables.resolve($0) }?.string ?? "" }

    private func deadline(_ operation: RawJSON) -> Int {
        monotonicMilliseconds() + (operation["within_ms"]?.int ?? 10_000)
    }

    private func frame(_ method: RawJSON?, _ operation: RawJSON, id: Int?) -> [UInt8] {
        let params = operation["params"].map { variables.resolve($0) }
        var writer = JSONWriter()
        writer.request(id: id.map { .integer(Int64($0)) }, method: method?.string ?? "", params: params)
        writer.newline()
        return writer.bytes
    }

    private func send(_ method: RawJSON?, _ operation: RawJSON) throws -> (wire: Wire, id: Int) {
        let wire = try wire(operation)
        lastID += 1
        wire.write(frame(method, operation, id: lastID))
        return (wire, lastID)
    }

    private func call(_ operation: RawJSON) throws {
        let (wire, id) = try send(operation["call"], operation)
        if let label = operation["start"]?.string {
            started[label] = (operation["on"]?.string ?? "a", id)
            return
        }
        try judge(try wire.reply(to: id, before: deadline(operation)), operation)
    }

    private func awaitReply(_ operation: RawJSON) throws {
        guard let label = operation["await"]?.string, let (name, id) = started.removeValue(forKey: label)
        else {
            throw Mismatch("nothing was started under this label")
        }
        try judge(try wires[name]?.reply(to: id, before: deadline(operation)), operation)
    }

    private func pending(_ operation: RawJSON) throws {
        guard let label = operation["pending"]?.string, let (name, id) = started[label] else {
            throw Mismatch("nothing was started under this label")
        }
        let end = monotonicMilliseconds() + (operation["for_ms"]?.int ?? 150)
        if let reply = try wires[name]?.reply(to: id, before: end) {
            throw Mismatch("it came: \(reply.text)")
        }
    }

    private func until(_ operation: RawJSON) throws {
        let end = deadline(operation)
        while true {
            let (wire, id) = try send(operation["until"], operation)
            // A last reply is waited for, so that the reason is not just the end of time.
            let reply = try wire.reply(to: id, before: end + 1000)
            let reason = Pattern.mismatch(reply?["result"], wanted(operation["result"]))
            if reason == nil { return save(reply?["result"], operation) }
            guard monotonicMilliseconds() < end else { throw Mismatch(reason ?? "no reply") }
            usleep(10_000)
        }
    }

    private func wanted(_ pattern: RawJSON?) -> RawJSON { variables.resolve(pattern ?? .emptyObject) }

    /// Compares a reply with what the operation expects, and keeps what it wants kept.
    private func judge(_ reply: RawJSON?, _ operation: RawJSON) throws {
        guard let reply else { throw Mismatch("no reply came in time") }
        if let expected = operation["error"] {
            try judgeError(reply["error"], variables.resolve(expected), reply)
            return save(reply["error"], operation)
        }
        guard let result = reply["result"] else { throw Mismatch("an error came: \(reply.text.prefix(400))") }
        try compare(result, operation["result"])
        save(result, operation)
    }

    private func judgeError(_ error: RawJSON?, _ expected: RawJSON, _ reply: RawJSON) throws {
        guard let error else { throw Mismatch("no error came but \(reply.text.prefix(300))") }
        switch expected.kind {
        case .string: try compare(error["data"]?["kind"] ?? .null, expected)
        case .number: try compare(error["code"] ?? .null, expected)
        default: try compare(error, expected)
        }
    }

    private func compare(_ value: RawJSON, _ pattern: RawJSON?) throws {
        guard let pattern else { return }
        if let reason = Pattern.mismatch(value, variables.resolve(pattern)) { throw Mismatch(reason) }
    }

    private func save(_ reply: RawJSON?, _ operation: RawJSON) {
        for (name, path) in operation["save"]?.members ?? [] {
            variables[name] = (reply ?? .null).at(path: path.string ?? "")
        }
    }

    private func set(_ values: RawJSON) {
        for (name, value) in values.members {
            if let text = value["repeat"]?.string, let times = value["times"]?.int {
                variables[name] = .string(String(repeating: text, count: times))
            } else {
                variables[name] = variables.resolve(value)
            }
        }
    }

    private func line(_ bytes: [UInt8], _ operation: RawJSON) throws {
        let wire = try wire(operation)
        wire.write(bytes)
        if operation["silent"]?.bool == true {
            let line = try wire.nextLine(before: monotonicMilliseconds() + 150)
            if let line {
                throw Mismatch("a line came: \(String(decoding: line.prefix(300), as: UTF8.self))")
            }
            return
        }
        guard let line = try wire.nextLine(before: deadline(operation)) else {
            throw Mismatch("no line came")
        }
        let text = String(decoding: line, as: UTF8.self)
        for (rule, isWanted) in [("contains", true), ("lacks", false)] {
            guard let part = operation[rule] else { continue }
            for part in part.kind == .array ? part.elements : [part]
            where text.contains(self.text(part)) != isWanted {
                throw Mismatch("the line \(rule) \(part.text) is not so: \(text.prefix(300))")
            }
        }
        try compare(try RawJSON(parsing: line), operation["reply"])
    }

    private func kill(_ operation: RawJSON) throws {
        let signals = ["KILL": SIGKILL, "STOP": SIGSTOP, "CONT": SIGCONT, "TERM": SIGTERM]
        guard let signal = signals[operation["signal"]?.string ?? "KILL"] else {
            throw Mismatch("no such signal")
        }
        let process = wires[operation["kill"]?.string ?? ""]?.process
        process?.send(signal: signal)
        if signal == SIGKILL { process?.wait() }
    }
}
