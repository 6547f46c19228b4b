import SidestepModel

extension MethodTable {
    /// The methods about signals: named messages to a run.
    static let signalMethods: [Method] = [
        Method(
            "signal.send", .signal, .visible,
            "Sends a named message to a run; it is kept until the run waits for it.",
            parameters: [
                aRun, .must("signal", .label, "the name of the signal"),
                .may("value", .payload, "what it says"),
                .may("message_id", .name, "recognises a message that is sent again", default: "a new one"),
                .may(
                    "create", .boolean, "whether it waits for a run that is not made yet, 30 days at most",
                    default: false),
            ],
            result: [
                .must("run", .name, "the run"), .must("signal", .name, "the name of the signal"),
                .must("message_id", .name, "the id of the message"),
                .must("duplicate", .boolean, "whether a message of this id had come before"),
            ],
            errors: [.runNotFound, .runClosed, .runCancelled, .limitExceeded],
            example: Example(
                #"{"run":"research-1","signal":"approve","value":true,"message_id":"m1"}"#,
                #"{"run":"research-1","signal":"approve","message_id":"m1","duplicate":false}"#),
            waitsForCommit: true),
        Method(
            "signal.wait", .signal, .lease, "Waits for a signal, and records which one came: once.",
            parameters: [
                .must("signal", .label, "the name of the signal"),
                .may("step", .name, "the name of the step", default: "signal:NAME"),
            ] + waiting,
            result: begun, errors: waitErrors,
            example: Example(
                #"{"signal":"approve","timeout_ms":86400000}"#,
                #"{"status":"completed","step":"signal:approve","attempt":1,"replayed":true,"#
                    + #""output":{"by":"signal","name":"approve","value":true}}"#),
            waitsForCommit: true, mayWait: true),
        Method(
            "signal.list", .signal, .visible, "Lists the signals of a run that nobody has waited for.",
            parameters: [
                aRun, .may("signal", .name, "only signals of this name"),
                .may("all", .boolean, "whether consumed ones are listed too", default: false),
                .may("limit", .page, "signals on a page", default: 100),
                .may("cursor", .opaque, "`more` of the page before"),
            ],
            result: [
                .must("signals", .array(.signal), "the signals, oldest first"),
                .may("more", .opaque, "the cursor of the next page"),
            ],
            errors: [.runNotFound],
            example: Example(
                #"{"run":"research-1"}"#,
                #"{"signals":[{"signal":"approve","value":true,"message_id":"m1","sent_at":1767225600000,"uid":1000}]}"#
            )),
    ]

    /// The methods about promises: values that somebody else settles, once.
    static let promiseMethods: [Method] = [
        Method(
            "promise.create", .promise, .lease,
            "Makes a promise, so that others see what the run is waiting for; one that is there stays as it is.",
            parameters: [
                aPromise, .may("metadata", .payload, "what a person needs to know to settle it"),
            ],
            result: ParameterType.promiseMembers,
            example: Example(
                #"{"promise":"approval","metadata":{"amount":120}}"#,
                #"{"promise":"approval","status":"pending","created_at":1767225600000,"metadata":{"amount":120}}"#
            ),
            waitsForCommit: true),
        settling("promise.resolve", "Settles a promise with a value.", .may("value", .payload, "the value")),
        settling("promise.reject", "Settles a promise with an error.", .may("error", .payload, "the error")),
        Method(
            "promise.wait", .promise, .lease, "Waits until a promise is settled, and records how: once.",
            parameters: [aPromise, .may("step", .name, "the name of the step", default: "promise:NAME")]
                + waiting,
            result: begun, errors: waitErrors,
            example: Example(
                #"{"promise":"approval"}"#,
                #"{"status":"completed","step":"promise:approval","attempt":1,"replayed":true,"#
                    + #""output":{"by":"promise","name":"approval","status":"resolved","value":true}}"#),
            waitsForCommit: true, mayWait: true),
        Method(
            "promise.list", .promise, .visible, "Lists the promises of a run.",
            parameters: [
                aRun,
                .may(
                    "status", .enumeration(["pending", "resolved", "rejected"]), "only promises that are so"),
            ],
            result: [.must("promises", .array(.promise), "the promises, oldest first")],
            errors: [.runNotFound],
            example: Example(
                #"{"run":"research-1"}"#,
                #"{"promises":[{"promise":"approval","status":"pending","created_at":1767225600000}]}"#)),
    ]

    /// The methods about waiting for several things, and for time.
    static let waitMethods: [Method] = [
        Method(
            "wait.first", .wait, .lease,
            "Waits for the first of several things, and records which it was: once.",
            parameters: [
                aStep,
                .must(
                    "any",
                    .array(
                        .object([
                            .may("signal", .label, "a signal of this name"),
                            .may("promise", .label, "a promise of this name"),
                            .may("run", .name, "the end of this run"),
                        ]), atMost: .awaited),
                    "what is waited for, one name each; the first in the list wins when several are there"),
            ] + waiting,
            result: begun, errors: waitErrors + [.runNotFound],
            example: Example(
                #"{"step":"answer","any":[{"signal":"stop"},{"run":"child-1"}],"timeout_ms":60000}"#,
                #"{"status":"completed","step":"answer","attempt":1,"replayed":true,"output":{"by":"time"}}"#),
            waitsForCommit: true, mayWait: true),
        Method(
            "wait.cancel", .wait, .lease,
            "Ends a wait that the run does not wait for any more: what comes from now on is for the next one.",
            parameters: [aStep],
            result: [
                .must("step", .name, "the step of the wait"),
                .must(
                    "cancelled", .boolean,
                    "whether there was something to give up; a signal that it had taken is given back"),
            ],
            example: Example(#"{"step":"signal:approve"}"#, #"{"step":"signal:approve","cancelled":true}"#),
            waitsForCommit: true, space: .records),
        Method(
            "timer.list", .timer, .visible, "Lists what time will wake, soonest first.",
            parameters: [
                .may("run", .name, "only timers of this run"),
                .may("limit", .page, "timers on a page", default: 100),
            ],
            result: [
                .must(
                    "timers",
                    .array(
                        .object([
                            .must("run", .name, "the run"), .must("step", .name, "the step that waits"),
                            .must("due_at", .instant, "when it is over"),
                        ])), "the timers")
            ],
            errors: [.runNotFound],
            example: Example(
                "{}", #"{"timers":[{"run":"research-1","step":"nap","due_at":1767225660000}]}"#)),
    ]

    /// How long a wait lasts, and how long its caller does.
    static let waiting: [Parameter] = [
        .may("timeout_ms", .span, "the longest time of the wait as a whole; then its output is by time"),
        .may("until_at", .instant, "the same as a date"),
        .may(
            "wait_ms", .span, "how long this call waits; the wait itself goes on",
            default: "as long as it takes"),
    ]

    static let waitErrors: [ErrorKind] = [.timeout, .stepMismatch, .invalidArgument, .runCancelled]

    private static let aPromise = Parameter.must("promise", .label, "the name of the promise")

    private static func settling(_ name: String, _ summary: String, _ value: Parameter) -> Method {
        Method(
            name, .promise, .visible,
            summary + " The first one wins; later ones learn what it was settled with.",
            parameters: [aRun, aPromise, value],
            result: [.must("run", .name, "the run")] + ParameterType.promiseMembers + [
                .must("settled", .boolean, "whether this call settled it")
            ],
            errors: [.runNotFound, .runClosed, .runCancelled],
            example: Example(
                #"{"run":"research-1","promise":"approval"}"#,
                #"{"run":"research-1","promise":"approval","status":"resolved","created_at":1767225600000,"#
                    + #""settled_at":1767225660000,"settled":true}"#),
            waitsForCommit: true)
    }
}

extension ParameterType {
    static let signal = ParameterType.shared(
        "signal",
        .object([
            .must("signal", .name, "the name of the signal"),
            .may("value", .payload, "what it says"),
            .must("message_id", .name, "the id of the message"),
            .must("sent_at", .instant, "when it was sent"),
            .must("uid", .integer(0...4_294_967_295), "the user who sent it"),
            .may("consumed_by", .name, "the step whose wait it ended"),
            .may("consumed_at", .instant, "when"),
        ]))

    static let promise = ParameterType.shared("promise", .object(promiseMembers))

    static let promiseMembers: [Parameter] = [
        .must("promise", .name, "the name of the promise"),
        .must("status", .enumeration(["pending", "resolved", "rejected"]), "whether it is settled, and how"),
        .may("value", .payload, "what it was resolved with"),
        .may("error", .payload, "what it was rejected with"),
        .may("metadata", .payload, "what its author noted"),
        .must("created_at", .instant, "when it was made"),
        .may("settled_at", .instant, "when it was settled"),
        .may("settled_by", .integer(0...4_294_967_295), "the user who settled it"),
    ]
}
