import SidestepEngine
import SidestepModel
import SidestepProtocol

/// A call of `system.usage`.
struct SpaceRequest: Sendable {
    let filter: UsageOfSpace.Filter
    let maxAge: Int64
}

enum SpaceHandlers {
    static var all: [String: Handler] {
        [
            "system.usage": .space { request in
                var filter = UsageOfSpace.Filter()
                filter.user = request.user
                filter.workflow = request.params.string("workflow")
                filter.limit = request.limit
                return SpaceRequest(filter: filter, maxAge: request.params.count("max_age_ms"))
            }
        ]
    }

    /// What one of those who waited is answered with.
    static func answer(
        _ found: Result<SpaceFigures, Failure>, _ asked: SpaceRequest, _ call: CallContext
    ) -> Result<[UInt8], RPCError> {
        found.flatMap { figures in
            Result { () throws(Failure) in try UsageOfSpace(figures, asked.filter, for: call) }
        }
        .map(text).mapError(RPCError.init)
    }

    private static func text(_ usage: UsageOfSpace) -> [UInt8] {
        result { writer in
            writer.instant("counted_at", usage.at)
            writer.member("took_ms", usage.tookMilliseconds)
            writer.list("lines", usage.lines) { writer, line in
                writer.object { writer in
                    writer.member("user", Int64(line.user))
                    writer.member("workflow", line.workflow)
                    writer.counts(of: line)
                }
            }
            writer.object("all") { $0.counts(of: usage.all) }
            writer.member("more", usage.more)
        }
    }
}

extension JSONWriter {
    fileprivate mutating func counts(of line: SpaceLine) {
        member("open_runs", line.openRuns)
        member("closed_runs", line.closedRuns)
        member("steps", line.steps)
        member("bytes", line.bytes)
    }
}
