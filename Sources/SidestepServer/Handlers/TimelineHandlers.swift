import SidestepEngine
import SidestepModel
import SidestepProtocol

enum TimelineHandlers {
    static var all: [String: Handler] {
        [
            "run.timeline": .read({
                RunTimeline(
                    run: $0.required("run"), from: $0.instant("from_at"), until: $0.instant("until_at"),
                    columns: Int($0.params.count("width")))
            }) { writer, found in
                writer.instant("from_at", found.scale.from)
                writer.instant("until_at", found.scale.until)
                writer.list("lives", found.lives) { writer, life in writer.object { write(life, &$0) } }
                writer.list("spans", found.spans) { writer, span in writer.object { write(span, &$0) } }
                writer.list("marks", found.marks) { writer, mark in writer.object { write(mark, &$0) } }
                writer.member("partial", found.isPartial)
            }
        ]
    }

    private static func write(_ life: TimelineLife, _ writer: inout JSONWriter) {
        writer.member("epoch", life.epoch)
        writer.member("owner", life.owner)
        writer.member("pid", life.pid)
        writer.member("uid", life.uid)
        writer.instant("from_at", life.from)
        writer.instant("until_at", life.until)
        writer.member("end", life.end)
    }

    private static func write(_ span: TimelineSpan, _ writer: inout JSONWriter) {
        writer.member("kind", span.kind.rawValue)
        writer.instant("from_at", span.from)
        writer.instant("until_at", span.until)
        writer.member("count", span.count)
        writer.member("step", span.step)
    }

    private static func write(_ mark: TimelineMark, _ writer: inout JSONWriter) {
        writer.instant("at", mark.at)
        writer.member("kind", mark.kind)
        writer.member("count", mark.count)
    }
}
