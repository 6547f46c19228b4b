import ArgumentParser
import Sidestep
import SidestepProtocol

/// A person says yes or no.
struct ApproveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Answer a run that waits for a person; without a name, show what it waits for.",
        discussion: """
              sidestep approve order-17                      what does it wait for?
              sidestep approve order-17 payment              {"approved":true}
              sidestep approve order-17 payment --deny --message "too expensive"

            Settles the promise of that name, or sends the signal of that name (or `approval:NAME`) that the run \
            waits for. The run gets {"approved": true or false}, with `value` and `message` when they are given.
            """)
    @Argument(help: ArgumentHelp("The run.", valueName: "run"))
    var target: String
    @Argument(help: "The name of the promise or signal.")
    var name: String?
    @Flag(help: "Say no.")
    var deny = false
    @Option(help: "More to say, as JSON; `-` reads it from standard input.")
    var value: JSONArgument?
    @Option(help: "Why, for people and models.")
    var message: String?
    @OptionGroup var common: Common

    func run() throws {
        let connection = try common.connect()
        let open = try OpenQuestions(target, connection)
        guard let name else { return show(open) }
        let promise = open.promises.first { $0["promise"]?.string == name }
        let signal = [name, "approval:\(name)"].first { open.signals.contains($0) }
        let answer = Answer(
            run: target, name: promise == nil ? signal ?? name : name, isPromise: promise != nil,
            isApproved: !deny, value: value?.value, message: message)
        let result = try answer.send(connection)
        if common.json { return Output.line(result.text) }
        guard result["settled"]?.bool != false else {
            Output.complain("somebody answered before: \(result.present("value")?.text ?? "rejected")")
            throw ExitCode(1)
        }
        Output.complain("\(deny ? "denied" : "approved"): \(promise == nil ? signal ?? name : name)")
        if promise == nil, signal == nil {
            Output.complain("  the run does not wait for it yet; the answer is kept until it does")
        }
    }

    private func show(_ open: OpenQuestions) {
        if common.json { return Output.line(open.json.text) }
        var table = Table("NAME", "KIND", "SINCE", "ABOUT")
        for promise in open.promises where promise["status"]?.string == "pending" {
            table.add(
                promise["promise"]?.string ?? "", "promise",
                promise["created_at"]?.int.map { RelativeTime.ago($0) } ?? "",
                promise.present("metadata")?.text ?? "")
        }
        for signal in open.signals {
            table.add(signal, "signal", "", open.about[signal]?.text ?? "")
        }
        table.print(orWhenEmpty: "Run \(target) waits for nobody.")
    }
}

/// A yes or a no, for a promise or a signal of a run.
struct Answer {
    let run: String
    let name: String
    let isPromise: Bool
    let isApproved: Bool
    var value: RawJSON?
    var message: String?

    func send(_ connection: BlockingConnection) throws -> RawJSON {
        try connection.call(isPromise ? "promise.resolve" : "signal.send") { writer in
            writer.member("run", run)
            writer.member(isPromise ? "promise" : "signal", name)
            writer.object("value") { writer in
                writer.member("approved", isApproved)
                writer.member("value", value)
                writer.member("message", message)
            }
        }
    }
}

/// What a run waits for somebody to say.
struct OpenQuestions {
    let promises: [RawJSON]
    let signals: [String]
    /// What a signal is about, by its name: the run says it in its state, as adapters do for calls of tools.
    private(set) var about: [String: RawJSON] = [:]

    init(_ run: String, _ connection: BlockingConnection) throws {
        promises = try connection.call("promise.list") { $0.member("run", run) }["promises"]?.elements ?? []
        let waiting = try connection.call("step.list") { writer in
            writer.member("run", run)
            writer.member("status", "waiting")
        }
        // A wait's fingerprint names what it waits for.
        signals = (waiting["steps"]?.elements ?? []).flatMap { step in
            (step["fingerprint"]?.string ?? "").split(separator: "|").compactMap { part in
                part.hasPrefix("signal:") ? String(part.dropFirst("signal:".count)) : nil
            }
        }
        for signal in signals {
            let found = try connection.call("state.get") { writer in
                writer.member("run", run)
                writer.member("name", signal)
            }
            about[signal] = found.present("value")
        }
    }

    /// One line for each question that says what it is about.
    var sentences: [String] {
        let pending = promises.filter { $0["status"]?.string == "pending" }
        let asked = pending.compactMap { promise in
            promise.present("metadata").map { (promise["promise"]?.string ?? "", $0) }
        }
        return (asked + signals.compactMap { name in about[name].map { (name, $0) } }).map {
            "\($0.0) is about \($0.1.text)"
        }
    }

    var json: RawJSON {
        .object { writer in
            writer.array("promises") { writer in for promise in promises { writer.raw(promise) } }
            writer.member("signals", signals)
            writer.object("about") { writer in for (name, value) in about { writer.member(name, value) } }
        }
    }
}
