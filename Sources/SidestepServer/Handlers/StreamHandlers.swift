import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

enum StreamHandlers {
    static var all: [String: Handler] {
        [
            "stream.append": .command { request in
                let stream = request.required("stream")
                let append = AppendToStream(
                    proof: request.proof, stream: stream, items: request.payload("items") ?? [],
                    from: request.params.integer("from"))
                return Handler.work(append) { reply(&$0, stream, $1) }
            },
            "stream.read": .command(read),
            "stream.close": .command { request in
                let stream = request.required("stream")
                let close = CloseStream(
                    proof: request.proof, stream: stream, final: request.payload("final"),
                    isCompacting: request.params.flag("compact"))
                return Handler.work(close) { reply(&$0, stream, $1) }
            },
            "stream.list": .read({ ListStreams(run: $0.required("run")) }) { writer, streams in
                writer.list("streams", streams) { $0.stream($1) }
            },
        ]
    }

    private static func reply(_ writer: inout JSONWriter, _ stream: String, _ next: Int64) {
        writer.member("stream", stream)
        writer.member("next", next)
    }

    /// Waits in the writer's order, reads from a snapshot: items may be many.
    private static func read(_ request: Request) -> Call.Work {
        let (run, stream) = (request.required("run"), request.required("stream"))
        let from = request.params.count("from")
        let wait = AwaitStream(
            run: run, stream: stream, from: from, waitMilliseconds: request.params.count("wait_ms"))
        let read = ReadStream(
            stream: stream, from: from, limit: Int64(request.limit),
            maxBytes: request.pageBytes())
        return { store, context in
            let key = try wait.perform(store, &context)
            return .reading { store in
                let found = try read.answer(store, run: key)
                return result { writer in
                    writer.list("items", found.items) { $0.raw($1) }
                    writer.member("from", found.from)
                    writer.member("next", found.next)
                    writer.member("closed", found.isClosed)
                    writer.payload("final", found.final)
                }
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func stream(_ stream: StreamRecord) {
        beginObject()
        member("stream", stream.name)
        member("next", stream.next)
        member("closed", stream.closed != nil)
        member("compacted", stream.isCompacted)
        instant("opened_at", stream.opened)
        instant("closed_at", stream.closed)
        endObject()
    }
}
