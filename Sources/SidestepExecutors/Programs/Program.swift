import SidestepModel
import SidestepProtocol

/// A program as a client asks for it: the parameter `exec`, checked by the method table.
struct Program {
    var arguments: [String]
    var environment: [(name: String, value: String)]
    var directory: String?
    var input: [UInt8]
    var timeoutMilliseconds: Int64?
    var outputLimit: Int
    var graceMilliseconds: Int64
    /// Those that its variables hold.
    let secrets: SecretText

    /// - Throws: when a variable names a secret that is not there.
    init(_ spec: RawJSON, _ secrets: SecretText) throws(CredentialProblem) {
        var secrets = secrets
        arguments = spec["argv"]?.elements.compactMap(\.string) ?? []
        environment = []
        for (name, value) in spec["env"]?.members ?? [] {
            let bytes = try secrets.resolve((value.string ?? "").utf8)
            guard let text = String(validating: bytes, as: UTF8.self), !text.utf8.contains(0) else {
                throw CredentialProblem(message: "a credential in the variable \(name) is no text")
            }
            environment.append((name, text))
        }
        self.secrets = secrets
        directory = spec["cwd"]?.string
        input = Array((spec["stdin"]?.string ?? "").utf8)
        timeoutMilliseconds = spec["timeout_ms"]?.integer
        outputLimit = Int(spec["max_output_bytes"]?.integer ?? Int64(ExecutionLimits.defaultOutputBytes))
        graceMilliseconds = spec["kill_grace_ms"]?.integer ?? ExecutionLimits.defaultKillGraceMilliseconds
    }
}

/// How a program ended, and how that is recorded: as `sidestep step` records a command.
struct ProgramEnd {
    /// The exit status, or 128 + n when signal n ended it.
    var status: Int32
    var signal: Int32?
    var output: OutputTail
    var error: OutputTail
    var isTimedOut = false

    var isSuccess: Bool { status == 0 && !isTimedOut }

    var message: String {
        if isTimedOut { return "the program took longer than timeout_ms allows" }
        if let signal { return "signal \(signal) ended the program" }
        return "the program exited with \(status)"
    }

    var types: [String] {
        if isTimedOut { return ["timeout"] }
        if let signal { return ["signal:\(signal)", "signal"] }
        return ["exit:\(status)", "exit"]
    }

    /// The recorded output of a success, or the recorded error of a failure.
    var record: Payload {
        RawJSON.build { writer in
            writer.beginObject()
            if !isSuccess {
                writer.member("type", types.last)
                if isTimedOut { writer.member("which", "timeout_ms") }
                writer.member("message", message)
            }
            writer.member("exit", Int(status == 0 && isTimedOut ? 1 : status))
            writer.member("signal", signal.map(Int.init))
            write("stdout", output, &writer)
            write("stderr", error, &writer)
            writer.endObject()
        }.bytes
    }

    /// The text, or base 64 where it is no UTF-8; with the number of all bytes where only the end was kept.
    private func write(_ name: String, _ tail: OutputTail, _ writer: inout JSONWriter) {
        let bytes = tail.bytes
        if let text = String(validating: bytes, as: UTF8.self) {
            writer.member(name, text)
        } else {
            writer.member(name + "_base64", Base64.encode(bytes))
        }
        if tail.isCut { writer.member(name + "_bytes", tail.total) }
    }
}
