import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

enum ConversationHandlers {
    static var all: [String: Handler] {
        [
            "conversation.append": .write(append) { writer, outcome in
                writer.member("appended", outcome.appended)
                writer.member("revision", outcome.conversation?.revision ?? 0)
                writer.member("length", outcome.conversation?.length ?? 0)
            },
            "conversation.read": .read({ request in
                var read = ReadConversation(conversation: request.required("conversation"))
                read.from = request.params.count("from")
                read.count = request.params.integer("count")
                read.last = request.params.integer("last")
                read.maxBytes = request.pageBytes()
                return read
            }) { write(&$0, $1) },
            "conversation.entry": .read({
                FindConversationEntry(
                    conversation: $0.params.string("conversation"), entry: $0.required("entry"))
            }) { writer, found in
                writer.member("found", found != nil)
                writer.member("conversation", found?.conversation)
                writer.payload("value", found?.entry.value)
            },
            "conversation.list": .read({
                ListConversations(
                    prefix: $0.params.string("prefix") ?? "", after: $0.params.string("cursor") ?? "",
                    limit: $0.limit)
            }) { writer, page in
                writer.array("conversations") { writer in
                    for record in page.items { writer.conversation(record) }
                }
                writer.member("more", page.hasMore ? page.items.last?.name : nil)
            },
            "conversation.fork": .write({
                ForkConversation(
                    conversation: $0.required("conversation"), target: $0.required("target"),
                    count: $0.params.integer("count"))
            }) { writer, fork in
                writer.member("revision", fork.revision)
                writer.member("length", fork.length)
            },
            "conversation.delete": .write({
                DeleteConversation(conversation: $0.required("conversation"))
            }) { $0.member("deleted", $1) },
        ]
    }

    private static func append(_ request: Request) throws -> AppendConversation {
        let values = request.params.array("entries") ?? []
        let ids = request.params.strings("ids")
        guard ids == nil || ids?.count == values.count else {
            throw Failure(
                .invalidArgument, "`ids` and `entries` differ in number", hint: "Send an id for each entry.")
        }
        var append = AppendConversation(conversation: request.required("conversation"))
        append.entries = values.enumerated().map { number, value in
            ConversationEntry(id: ids?[number], value: value.bytes)
        }
        append.keep = request.params.integer("keep")
        append.expectedRevision = request.params.integer("expected_revision")
        append.metadata = request.payload("metadata")
        return append
    }

    private static func write(_ writer: inout JSONWriter, _ part: ConversationPart?) {
        writer.member("found", part != nil)
        writer.member("revision", part?.conversation.revision)
        writer.member("length", part?.conversation.length)
        writer.payload("metadata", part?.conversation.metadata)
        let entries = part?.entries ?? []
        writer.list("entries", entries) { $0.raw(bytes: $1.value) }
        if entries.contains(where: { $0.id != nil }) {
            writer.list("ids", entries) { writer, entry in
                if let id = entry.id { writer.value(id) } else { writer.null() }
            }
        }
        writer.member("from", part?.from)
        writer.member("more", part?.more)
    }
}

extension JSONWriter {
    fileprivate mutating func conversation(_ record: ConversationRecord) {
        object { writer in
            writer.member("conversation", record.name)
            writer.member("revision", record.revision)
            writer.member("length", record.length)
            writer.payload("metadata", record.metadata)
            writer.instant("created_at", record.created)
            writer.instant("updated_at", record.updated)
        }
    }
}
