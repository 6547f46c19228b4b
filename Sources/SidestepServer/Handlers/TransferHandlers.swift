import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

enum TransferHandlers {
    static var all: [String: Handler] {
        [
            "run.export": .read(export) { writer, page in
                writer.list("lines", page.lines) { $0.raw($1) }
                writer.member("more", page.next?.text)
            },
            "run.import": .write(take) { writer, done in
                if let view = done.view { writer.run("run", view) }
                writer.member("done", done.view != nil)
                writer.member("imported", done.isNew)
                writer.member("import", done.continuation)
            },
        ]
    }

    private static func export(_ request: Request) throws -> ExportRun {
        var export = ExportRun(run: request.required("run"), daemonVersion: request.information.version)
        export.generation = request.params.integer("generation")
        export.maxBytes = request.pageBytes()
        export.leavesBodiesOut = request.params.flag("without_recordings")
        guard let text = request.params.string("cursor") else { return export }
        export.cursor = ExportCursor(text)
        if export.cursor != nil { return export }
        throw Failure(
            .invalidArgument, "`cursor` is none that this method returned",
            hint: "Pass `more` of the page before, or leave it out.")
    }

    private static func take(_ request: Request) throws -> ImportRun {
        let lines = request.params.array("lines") ?? []
        for line in lines { try check(line, request.limits) }
        var take = ImportRun(lines: lines)
        take.continuation = request.params.string("import")
        take.name = request.params.string("run")
        take.user = request.user
        return take
    }

    /// What the engine counts with has to pass the check that a call's parameters pass.
    private static func check(_ line: RawJSON, _ limits: Limits) throws {
        for (member, method) in [("retry", "step.begin"), ("usage", "step.complete")] {
            guard let value = line[member], let method = MethodTable.named(method) else { continue }
            let params = RawJSON.build { writer in
                writer.beginObject()
                writer.member("step", "imported")
                writer.member(member, value)
                writer.endObject()
            }
            _ = try Params(validating: params, against: method, limits: limits)
        }
    }
}
