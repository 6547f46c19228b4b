import SidestepModel
import SidestepProtocol

/// A line of an export, read with all the mistrust that a file deserves.
struct ImportLine {
    private let json: RawJSON
    /// Its number in the call, from 1, for errors.
    let number: Int

    init(_ json: RawJSON, number: Int) {
        self.json = json
        self.number = number
    }

    var kind: String { json["kind"]?.string ?? "" }

    func broken(_ what: String) -> Failure {
        Failure(
            .invalidArgument, "line \(number) (\(kind)) \(what)",
            hint: "Send the lines as `run.export` wrote them, in their order; nothing was imported.")
    }

    // MARK: Values

    /// A name: 1 to 1024 bytes without NUL.
    func name(_ key: String) throws -> String {
        guard let text = try optionalName(key) else { throw broken("lacks `\(key)`") }
        return text
    }

    func optionalName(_ key: String) throws -> String? {
        guard let value = present(key) else { return nil }
        guard let text = value.string, (1...1024).contains(text.utf8.count), !text.utf8.contains(0) else {
            throw broken("has no name in `\(key)`")
        }
        return text
    }

    func text(_ key: String, maxBytes: Int = 4096) throws -> String? {
        guard let value = present(key) else { return nil }
        guard let text = value.string, text.utf8.count <= maxBytes else {
            throw broken("has no text in `\(key)`")
        }
        return text
    }

    /// A word of an enumeration.
    func word<Word: RawRepresentable<String>>(_ key: String, _ type: Word.Type = Word.self) throws -> Word {
        guard let word = present(key)?.string.flatMap(Word.init(rawValue:)) else {
            throw broken("has a `\(key)` that this daemon does not know")
        }
        return word
    }

    /// A number in a range; `absent` where there is none.
    func number(_ key: String, in range: ClosedRange<Int64>, absent: Int64? = nil) throws -> Int64 {
        guard let value = present(key) else {
            if let absent { return absent }
            throw broken("lacks `\(key)`")
        }
        guard let number = value.integer, range.contains(number) else {
            throw broken("has a `\(key)` outside \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func optionalNumber(_ key: String, in range: ClosedRange<Int64>) throws -> Int64? {
        present(key) == nil ? nil : try number(key, in: range)
    }

    func count(_ key: String, absent: Int64? = nil) throws -> Int64 {
        try number(key, in: 0...1_000_000_000, absent: absent)
    }

    func instant(_ key: String) throws -> Instant {
        Instant(milliseconds: try number(key, in: 0...253_402_300_799_999))
    }

    func optionalInstant(_ key: String) throws -> Instant? { present(key) == nil ? nil : try instant(key) }

    func flag(_ key: String) -> Bool { json[key]?.bool ?? false }

    /// Anything, byte for byte; null is a value.
    func payload(_ key: String) -> Payload? { json[key]?.bytes }

    func elements(_ key: String) -> [Payload] { json[key]?.elements.map(\.bytes) ?? [] }

    func texts(_ key: String) -> [(name: String, value: String)] {
        json[key]?.members.compactMap { member in member.value.string.map { (member.key, $0) } } ?? []
    }

    /// Bytes written as hexadecimal digits.
    func bytes(_ key: String, _ counts: ClosedRange<Int>) throws -> [UInt8] {
        let digits = Array((try text(key) ?? "").utf8)
        guard digits.count % 2 == 0, counts.contains(digits.count / 2) else {
            throw broken("has no \(counts.lowerBound) to \(counts.upperBound) bytes in `\(key)`")
        }
        return try stride(from: 0, to: digits.count, by: 2).map { index in
            guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16)
            else {
                throw broken("has no hexadecimal digits in `\(key)`")
            }
            return byte
        }
    }

    private func present(_ key: String) -> RawJSON? {
        guard let value = json[key], !value.isNull else { return nil }
        return value
    }
}

// MARK: Records

extension ImportLine {
    /// The run as it will stand here: nobody owns it.
    func run(key: Int64, id: String, user: UInt32) throws -> RunRecord {
        var run = RunRecord(
            key: key, id: id, userID: user, generation: max(1, try count("generation")), uid: try name("uid"),
            workflow: try name("workflow"), now: try instant("created_at"))
        if run.uid.contains("/") { throw broken("has a `uid` with a slash") }
        let status: RunStatus = try word("status")
        run.status = status.isClosed || status == .paused ? status : .queued
        run.reason = status == .paused ? try word("reason", PauseReason.self) : nil
        run.attempt = try count("attempt")
        run.interruptions = try count("interruptions")
        run.maxInterruptions = try count("max_interruptions")
        run.epoch = try count("epoch")
        run.codeVersion = try optionalName("code_version")
        run.refusesMismatch = flag("refuses_mismatch")
        run.retry = payload("retry")
        run.metadata = payload("metadata")
        run.deadline = status.isClosed ? nil : try optionalInstant("deadline_at")
        run.updated = try instant("updated_at")
        run.closed = status.isClosed ? try optionalInstant("closed_at") ?? run.updated : nil
        run.placement.queue = try optionalName("queue") ?? Placement.defaultQueue
        run.placement.priority = try number("priority", in: -1_000_000_000...1_000_000_000, absent: 0)
        run.placement.concurrencyKey = try optionalName("concurrency_key")
        run.compensates = flag("compensates")
        return run
    }

    /// The step as it will stand here: its process is not, so a running one was lost.
    func step(run: Int64, now: Instant) throws -> StepOutcome {
        var step = StepRecord(run: run, name: try name("step"), now: try instant("first_begun_at"))
        step.status = try word("status")
        step.attempt = max(1, try count("attempt"))
        step.failures = try count("failures", absent: 0)
        step.fingerprint = try text("fingerprint")
        step.atMostOnce = flag("at_most_once")
        step.isInterrupted = flag("interrupted")
        step.retry = payload("retry")
        step.timeouts = Timeouts(
            startToClose: try span("start_to_close_ms"), scheduleToClose: try span("schedule_to_close_ms"),
            heartbeat: try span("heartbeat_ms"))
        step.metadata = payload("metadata")
        step.usage = payload("usage")
        step.begun = try instant("begun_at")
        step.finished = try optionalInstant("finished_at")
        step.nextAttempt = try optionalInstant("next_attempt_at")
        switch step.status {
        case .completed, .failed: step.finished = step.finished ?? step.begun
        case .running, .waiting:
            step.status = step.atMostOnce ? .unknown : .backoff
            step.isInterrupted = true
            step.finished = nil
            if step.status == .backoff { (step.attempt, step.nextAttempt) = (step.attempt + 1, now) }
        case .unknown, .backoff:
            if step.status == .unknown && !step.atMostOnce {
                throw broken("is unknown but not `at_most_once`")
            }
            step.finished = nil
        }
        return StepOutcome(step: step, output: payload("output"), error: payload("error"))
    }

    private func span(_ key: String) throws -> Int64? { try optionalNumber(key, in: 0...3_155_760_000_000) }
}
