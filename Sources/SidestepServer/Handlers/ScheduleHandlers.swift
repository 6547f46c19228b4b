import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

enum ScheduleHandlers {
    static var all: [String: Handler] {
        [
            "schedule.put": .write(put) { $0.schedule("schedule", $1) },
            "schedule.get": .read({ GetSchedule(name: $0.required("schedule")) }) {
                $0.schedule("schedule", $1)
            },
            "schedule.list": .read({
                ListSchedules(after: try RunHandlers.cursor($0.params) ?? 0, limit: $0.limit)
            }) { writer, page in
                writer.page("schedules", page, cursor: { String($0.schedule.key) }) { $0.schedule($1) }
            },
            "schedule.delete": .write({ DeleteSchedule(name: $0.required("schedule")) }) {
                $0.member("deleted", $1)
            },
            "schedule.pause": .write({
                PauseSchedule(name: $0.required("schedule"), isPaused: $0.params.flag("paused"))
            }) { $0.schedule("schedule", $1) },
            "schedule.trigger": .change({
                TriggerSchedule(
                    name: $0.required("schedule"), run: $0.params.string("run"), input: $0.payload("input"))
            }),
        ]
    }

    private static func put(_ request: Request) throws -> PutSchedule {
        let params = request.params
        var put = PutSchedule(name: try name(request), workflow: request.required("workflow"))
        put.cron = params.string("cron")
        put.everyMilliseconds = params.integer("every_ms")
        put.timeZone = params.text("time_zone")
        put.overlap = params.word("overlap")
        put.catchUpMilliseconds = params.count("catch_up_ms")
        put.jitterMilliseconds = params.count("jitter_ms")
        put.start = request.instant("start_at")
        put.end = request.instant("end_at")
        put.isPaused = params.flag("paused")
        put.template.input = request.payload("input")
        put.template.queue = params.string("queue")
        put.template.priority = params.integer("priority")
        put.template.tags = request.payload("tags")
        put.template.metadata = request.payload("metadata")
        put.template.retry = request.payload("retry")
        put.template.codeVersion = params.string("code_version")
        put.template.budget = request.payload("budget")
        return put
    }

    /// The id of a run has room for the schedule's name and a due time.
    private static func name(_ request: Request) throws -> String {
        let name = request.required("schedule")
        let longest = ScheduleRecord.longestName(request.limits)
        if name.utf8.count <= longest { return name }
        throw Failure(
            .invalidArgument, "`schedule` is longer than \(longest) bytes",
            hint: "Its runs are called `<schedule>/<due time>`, which has to fit name_bytes."
        ).with(\.limit, "name_bytes")
    }
}

extension JSONWriter {
    mutating func schedule(_ name: String, _ view: ScheduleView) {
        key(name)
        schedule(view)
    }

    mutating func schedule(_ view: ScheduleView) {
        let schedule = view.schedule
        beginObject()
        member("schedule", schedule.name)
        member("user", Int64(schedule.userID))
        member("workflow", schedule.workflow)
        member("cron", schedule.cron)
        member("every_ms", schedule.everyMilliseconds)
        member("time_zone", schedule.timeZone)
        member("overlap", schedule.overlap.rawValue)
        member("catch_up_ms", schedule.catchUpMilliseconds)
        member("jitter_ms", schedule.jitterMilliseconds)
        instant("start_at", schedule.start)
        instant("end_at", schedule.end)
        member("paused", schedule.isPaused)
        template(schedule.template)
        array("next_at") { writer in for due in view.coming { writer.value(due.milliseconds) } }
        instant("waiting_at", schedule.waitingDue)
        instant("last_at", schedule.lastDue)
        member("last_run", view.lastRun)
        member("fired", schedule.fired)
        member("skipped", schedule.skipped)
        member("missed", schedule.missed)
        member("problem", schedule.problem)
        instant("created_at", schedule.created)
        instant("updated_at", schedule.updated)
        endObject()
    }

    private mutating func template(_ template: RunTemplate) {
        payload("input", template.input)
        member("queue", template.queue)
        member("priority", template.priority)
        payload("tags", template.tags)
        payload("metadata", template.metadata)
        payload("retry", template.retry)
        member("code_version", template.codeVersion)
        payload("budget", template.budget)
    }
}
