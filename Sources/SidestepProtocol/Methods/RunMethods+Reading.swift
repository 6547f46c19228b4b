import SidestepModel

extension MethodTable {
    /// The methods that tell what happened to a run and what comes next.
    static let runReading: [Method] = [runHistory, runTimeline, runExplain, runUsage]

    private static let runHistory = Method(
        "run.history", .run, .visible, "Returns the journal of a run, the oldest entry first.",
        parameters: [
            aRun,
            .may("after", .sequence, "the sequence after which to begin", default: 0),
            .may("limit", .page, "entries on a page", default: 1000),
        ],
        result: [
            .must("entries", .array(.journalEntry), "what happened"),
            .may("more", .sequence, "the sequence to give as `after` for the next page"),
        ],
        errors: [.runNotFound],
        example: Example(
            #"{"run":"research-1"}"#,
            #"{"entries":[{"sequence":1,"at":1767225600000,"kind":"run.created"}],"more":null}"#))

    private static let runExplain = Method(
        "run.explain", .run, .visible,
        "Says in sentences what a run is doing, why, and what can be done about it.",
        parameters: [aRun],
        result: [
            theRun,
            .must(
                "reasons", .array(.name),
                "why it is where it is, the most important first: [reasons](reasons.md)"),
            .must("sentences", .array(.text), "what it is doing and since when"),
            .must("next", .text, "what happens next"),
            .may("command", .text, "the command line that changes it, as it stands"),
            .must("unknown_steps", .array(.stepOrName), "steps somebody has to resolve"),
            .must("running_steps", .array(.stepOrName), "steps that are executed now"),
            .may("last_act", .lastAct, "what somebody did to it last"),
            .may(
                "last_end", .name,
                "how the last start that has ended did so: `exit:N`, `signal:N`, `failed`, `released`, `completed`, or "
                    + "why its owner was lost: `died`, `reboot`, `disconnected`, `expired`, `taken_over`, "
                    + "`never_began`"),
            .may("place", .count, "its place in its queue, from 1, while it waits there"),
        ],
        errors: [.runNotFound],
        example: Example(
            #"{"run":"research-1"}"#,
            #"{"run":\#(ExampleText.run),"reasons":["step_running"],"#
                + #""sentences":["The run is executed by process 4711."],"#
                + #""next":"It goes on.","command":null,"unknown_steps":[],"running_steps":["fetch"]}"#
        ))
}

extension ParameterType {
    /// One line of a run's journal.
    static let journalEntry = ParameterType.shared(
        "journal_entry",
        .object([
            .must("sequence", .sequence, "its place in the journal"),
            .must("at", .instant, "when it happened"),
            .must("kind", .name, "what happened"),
            .may("step", .name, "the step it happened to"),
            .may("attempt", .count, "the attempt"),
            .may("detail", .payload, "what else is known"),
        ]))

    /// What somebody did to a run.
    static let lastAct = ParameterType.object([
        .must("kind", .name, "the kind of the journal's entry"),
        .must("at", .instant, "when"),
        .must("by", .payload, "who: `{uid, pid}`"),
    ])

    /// What names a step to a reader.
    static let stepOrName = ParameterType.payload
}
