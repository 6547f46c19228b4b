import SidestepEngine
import SidestepModel
import SidestepProtocol

enum UsageHandlers {
    static var all: [String: Handler] {
        [
            "run.usage": .read({ request in
                let params = request.params
                var usage = UsageOfRuns(by: params.word("by"))
                usage.from = request.instant("from_at")
                usage.until = request.instant("until_at")
                usage.timeZone = params.text("time_zone")
                usage.workflow = params.string("workflow")
                usage.model = params.string("model")
                usage.user = request.user
                return usage
            }) { writer, lines in
                writer.list("lines", lines) { writer, line in
                    writer.object { writer in
                        writer.member("of", line.part)
                        writer.object("usage") { $0.sums(line.usage) }
                        if !line.saved.isEmpty { writer.object("saved") { $0.sums(line.saved) } }
                    }
                }
            }
        ]
    }
}

extension JSONWriter {
    /// Sums by name, as members.
    mutating func sums(_ sums: [(name: String, sum: Int64)]) {
        for part in sums { member(part.name, part.sum) }
    }
}
