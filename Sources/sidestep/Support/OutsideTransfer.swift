import Sidestep
import SidestepProtocol

/// What frameworks keep outside of runs, as lines that `sidestep export` writes and `sidestep import` takes in: a
/// conversation, or a thread of graphs.
struct OutsideTransfer: Sendable {
    /// The version of the format.
    static let format = 1

    /// What it is called on the wire and in the first line.
    let noun: String
    /// Writes all of it but the first line and the last.
    let export: @Sendable (_ name: String, BlockingConnection, _ line: (RawJSON) -> Void) throws -> Void
    /// Takes in the lines between the first and the last, under a name that nobody has.
    let take: @Sendable (_ name: String, _ lines: [RawJSON], BlockingConnection) throws -> Void

    static let all = [conversation, thread]

    /// Prints all lines.
    func write(_ name: String, _ connection: BlockingConnection) throws {
        var lines: [RawJSON] = []
        try export(name, connection) { lines.append($0) }
        let first = RawJSON.object { writer in
            writer.member("kind", "sidestep-\(noun)")
            writer.member("format", Self.format)
            writer.member(noun, name)
        }
        let last = RawJSON.object { writer in
            writer.member("kind", "end")
            writer.member("lines", lines.count + 1)
        }
        for line in [first] + lines + [last] { Output.line(line.text) }
    }

    /// Takes in all lines, the first one and the last included.
    ///
    /// - Returns: the name it has here.
    func take(_ lines: [RawJSON], as id: String?, _ connection: BlockingConnection) throws -> String {
        let (first, last) = (lines[0], lines[lines.count - 1])
        guard first["format"]?.int ?? 0 <= Self.format else {
            throw SidestepError(
                .unsupported, "the export has a newer format", hint: "import it with a newer sidestep")
        }
        guard last["kind"]?.string == "end", last["lines"]?.int == lines.count - 1,
            let name = id ?? first[noun]?.string
        else {
            throw SidestepError(
                .invalidArgument, "the export is not whole: \(lines.count) lines came; nothing was imported",
                hint: "export it again: its last line has the kind `end` and counts the lines before it")
        }
        try take(name, Array(lines[1..<lines.count - 1]), connection)
        return name
    }

    static func taken(_ noun: String, _ name: String) -> SidestepError {
        SidestepError(
            .invalidArgument, "there is a \(noun) '\(name)' already; nothing was imported",
            hint: "--id imports it under another name")
    }
}

// MARK: Conversations

extension OutsideTransfer {
    private static let conversation = OutsideTransfer(
        noun: "conversation",
        export: { name, connection, line in
            var from: Int?
            repeat {
                let page = try connection.call("conversation.read") { writer in
                    writer.member("conversation", name)
                    writer.member("from", from)
                }
                guard page["found"]?.bool == true else {
                    throw SidestepError(
                        .invalidArgument, "there is no conversation '\(name)'",
                        hint: "sidestep call conversation.list shows what there is")
                }
                line(
                    .object { writer in
                        writer.member("kind", "entries")
                        for member in ["metadata", "ids", "entries"] where from == nil || member != "metadata"
                        {
                            writer.member(member, page[member])
                        }
                    })
                from = page.present("more")?.int
            } while from != nil
        },
        take: { name, lines, connection in
            var revision = 0
            for part in lines.flatMap(parts) {
                let answer = try connection.call("conversation.append") { writer in
                    writer.member("conversation", name)
                    writer.member("expected_revision", revision)
                    for member in part.members { writer.member(member.key, member.value) }
                }
                guard answer["appended"]?.bool == true else { throw taken("conversation", name) }
                revision = answer["revision"]?.int ?? 0
            }
        })

    /// Entries in one call: far below the daemon's limit `entries`.
    private static let entriesOfACall = 1000

    /// What one call can append: all entries have ids, or none has.
    private static func parts(_ line: RawJSON) -> [RawJSON] {
        let entries = line["entries"]?.elements ?? []
        let ids = line["ids"]?.elements ?? entries.map { _ in RawJSON.null }
        var parts: [RawJSON] = []
        var start = 0
        repeat {
            let isNamed = start < ids.count && !ids[start].isNull
            let same = ids[start...].firstIndex { $0.isNull == isNamed } ?? entries.count
            let end = min(same, start + entriesOfACall)
            parts.append(
                .object { writer in
                    if start == 0 { writer.member("metadata", line["metadata"]) }
                    writer.array("entries") { writer in entries[start..<end].forEach { writer.raw($0) } }
                    guard isNamed else { return }
                    writer.array("ids") { writer in ids[start..<end].forEach { writer.raw($0) } }
                })
            start = end
        } while start < entries.count
        return parts
    }
}

// MARK: Threads of graphs

extension OutsideTransfer {
    private static let thread = OutsideTransfer(
        noun: "thread",
        export: { name, connection, line in
            var isEmpty = true
            var cursor: RawJSON?
            repeat {
                let page = try connection.call("graph.list") { writer in
                    writer.member("thread", name)
                    writer.member("cursor", cursor)
                }
                for checkpoint in page["checkpoints"]?.elements ?? [] {
                    isEmpty = false
                    line(
                        .object { writer in
                            writer.member("kind", "checkpoint")
                            for member in checkpoint.members where member.key != "thread" {
                                writer.member(member.key, member.value)
                            }
                        })
                }
                cursor = page.present("more")
            } while cursor != nil
            guard !isEmpty else {
                throw SidestepError(
                    .invalidArgument, "there is no thread '\(name)'",
                    hint: "sidestep call graph.list shows what there is")
            }
        },
        take: { name, lines, connection in
            let known = try connection.call("graph.list") { writer in
                writer.member("thread", name)
                writer.member("limit", 1)
            }
            if known["checkpoints"]?.elements.isEmpty == false { throw taken("thread", name) }
            do {
                for line in lines { try put(line, name, connection) }
            } catch {
                // Half a thread is none.
                _ = try? connection.call("graph.delete_thread") { $0.member("thread", name) }
                throw error
            }
        })

    private static func put(_ line: RawJSON, _ thread: String, _ connection: BlockingConnection) throws {
        try connection.call("graph.put") { writer in
            writer.member("thread", thread)
            for member in line.members where !["kind", "writes"].contains(member.key) {
                writer.member(member.key, member.value)
            }
        }
        let writes = line["writes"]?.elements ?? []
        var start = 0
        while start < writes.count {
            let (task, path) = (writes[start]["task"], writes[start]["path"])
            let end = writes[start...].firstIndex { $0["task"] != task || $0["path"] != path } ?? writes.count
            try connection.call("graph.put_writes") { writer in
                writer.member("thread", thread)
                for member in ["namespace", "checkpoint"] { writer.member(member, line[member]) }
                writer.member("task", task)
                writer.member("path", path)
                writer.array("writes") { writer in
                    for write in writes[start..<end] {
                        writer.raw(
                            .object { writer in
                                for member in ["index", "channel", "type", "data"] {
                                    writer.member(member, write[member])
                                }
                            })
                    }
                }
            }
            start = end
        }
    }
}
