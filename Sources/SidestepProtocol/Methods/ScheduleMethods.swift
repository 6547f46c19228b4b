import SidestepModel

extension MethodTable {
    /// The methods about rules that start runs.
    static let scheduleMethods: [Method] =
        [schedulePut, scheduleGet, scheduleList, scheduleDelete, schedulePause, scheduleTrigger]

    private static let aSchedule = Parameter.must("schedule", .name, "the name of the schedule")
    private static let theSchedule = Parameter.must("schedule", .schedule, "the schedule as it is now")

    private static let schedulePut = Method(
        "schedule.put", .schedule, .open, "Makes a schedule, or changes it to what is said now.",
        parameters: [aSchedule, .must("workflow", .name, "the workflow of its runs")]
            + ParameterType.scheduleRule,
        result: [theSchedule], errors: [.invalidArgument],
        example: Example(
            #"{"schedule":"nightly","workflow":"report","cron":"0 2 * * MON-FRI","time_zone":"Europe/Berlin"}"#,
            #"{"schedule":\#(ExampleText.schedule)}"#), waitsForCommit: true)

    private static let scheduleGet = Method(
        "schedule.get", .schedule, .open, "Returns a schedule with its next five due times.",
        parameters: [aSchedule],
        result: [theSchedule], errors: [.invalidArgument],
        example: Example(#"{"schedule":"nightly"}"#, #"{"schedule":\#(ExampleText.schedule)}"#))

    private static let scheduleList = Method(
        "schedule.list", .schedule, .open, "Lists schedules, the oldest first, each with its next due time.",
        parameters: [
            .may("limit", .page, "schedules on a page", default: 100),
            .may("cursor", .opaque, "`more` of the page before"),
        ],
        result: [
            .must("schedules", .array(.schedule), "the schedules"),
            .may("more", .opaque, "the cursor of the next page"),
        ],
        example: Example("{}", #"{"schedules":[\#(ExampleText.schedule)],"more":null}"#))

    private static let scheduleDelete = Method(
        "schedule.delete", .schedule, .open, "Removes a schedule; its runs stay.", parameters: [aSchedule],
        result: [.must("deleted", .boolean, "whether there was one")],
        example: Example(#"{"schedule":"nightly"}"#, #"{"deleted":true}"#), waitsForCommit: true,
        space: .frees)

    private static let schedulePause = Method(
        "schedule.pause", .schedule, .open, "Stops a schedule, or lets it go on with the due times to come.",
        parameters: [aSchedule, .may("paused", .boolean, "false lets it go on", default: true)],
        result: [theSchedule], errors: [.invalidArgument],
        example: Example(#"{"schedule":"nightly"}"#, #"{"schedule":\#(ExampleText.schedule)}"#),
        waitsForCommit: true)

    private static let scheduleTrigger = Method(
        "schedule.trigger", .schedule, .open,
        "Starts a run now, even of a paused schedule or beside an open run.",
        parameters: [
            aSchedule, .may("input", .payload, "what the run is begun with", default: "the schedule's"),
            .may("run", .name, "the id of the run: sent again, it is the same run", default: "a new one"),
        ],
        result: [theRun], errors: [.invalidArgument],
        example: Example(#"{"schedule":"nightly"}"#, #"{"run":\#(ExampleText.run)}"#), waitsForCommit: true)
}

extension ParameterType {
    /// What `schedule.put` takes and a schedule shows.
    static let scheduleRule: [Parameter] = [
        .may("cron", .text, "five fields as in crontab(5), or @daily and the like"),
        .may("every_ms", .integer(1000...3_155_760_000_000), "the interval; one of `cron` and `every_ms`"),
        .may(
            "time_zone", .name, "the IANA name of the zone whose clocks `cron` means", default: .text("UTC")),
        .may("input", .payload, "what its runs are begun with"),
        .may("queue", .name, "the queue of its runs", default: .text("default")),
        .may("priority", .integer(-1_000_000...1_000_000), "the priority of its runs", default: 0),
        .may(
            "overlap", .enumeration(["skip", "queue", "allow"]),
            "what to do when the run before is still open",
            default: .text("skip")),
        .may("catch_up_ms", .span, "how late a run may still be started", default: 60_000),
        .may("jitter_ms", .span, "the longest delay of a run, always the same for a due time", default: 0),
        .may("start_at", .instant, "the first possible due time; intervals are counted from it"),
        .may("end_at", .instant, "the last possible due time"),
        .may("paused", .boolean, "whether it starts nothing by itself", default: false),
        .may("tags", .stringMap(nullable: false, atMost: .tags), "tags of its runs"),
        .may("metadata", .payload, "metadata of its runs"),
        .may("retry", .retryPolicy, "when a run of it as a whole is tried again"),
        .may("code_version", .name, "the version of the code that may execute its runs"),
        .may("budget", .budget, "what each run may use up"),
    ]

    static let schedule = ParameterType.shared(
        "schedule",
        .object(
            [
                .must("schedule", .name, "its name"), .may("user", .user, "whose it is"),
                .must("workflow", .name, "the workflow of its runs"),
            ]
                + scheduleRule
                + [
                    .must("next_at", .array(.instant), "the coming due times"),
                    .may("waiting_at", .instant, "a due time that waits for an open run"),
                    .may("last_at", .instant, "the last due time"),
                    .may("last_run", .name, "the last run, as long as there is one"),
                    .must("fired", .count, "runs it has started"),
                    .must("skipped", .count, "due times left out because a run was open"),
                    .must("missed", .count, "due times nobody was there for"),
                    .may("problem", .text, "why the daemon paused it"),
                    .must("created_at", .instant, "when it was made"),
                    .must("updated_at", .instant, "when it was last changed"),
                ]))
}
