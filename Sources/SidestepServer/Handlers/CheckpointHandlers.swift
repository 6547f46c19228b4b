import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

enum CheckpointHandlers {
    static var all: [String: Handler] {
        [
            "checkpoint": .write(save) { writer, saved in
                writer.member("checkpoint", saved.checkpoint.id)
                writer.member("resume_token", saved.resumeToken)
                writer.member("sequence", saved.checkpoint.key)
                writer.member("message_count", saved.checkpoint.messageCount)
                writer.member("new_bytes", saved.newBytes)
            },
            "checkpoint.get": .read({ GetCheckpoint(name: name($0)) }) {
                $0.members(of: $1.checkpoint, run: $1.run)
            },
            "checkpoint.list": .query { request in
                let (run, limit, before) = (
                    request.required("run"), request.limit,
                    try RunHandlers.cursor(request.params)
                )
                return { store, context in
                    let page = try ListCheckpoints(run: run, before: before, limit: limit).answer(
                        store, context)
                    return list(page, run: run)
                }
            },
            "checkpoint.messages": .read(messages) { writer, found in
                writer.list("messages", found.messages) { $0.raw(bytes: $1) }
                writer.member("from", found.from)
                writer.member("total", found.total)
                writer.member("more", found.more)
            },
            "checkpoint.delete": .write({
                DeleteCheckpoints(
                    run: $0.required("run"), checkpoint: $0.params.string("checkpoint"),
                    before: $0.params.integer("before"))
            }) { $0.member("deleted", $1) },
        ]
    }

    private static func save(_ request: Request) throws -> SaveCheckpoint {
        var save = SaveCheckpoint(proof: request.proof)
        save.stepNumber = request.params.integer("step_number")
        save.state = request.payload("state")
        save.toolResults = request.payload("tool_results")
        save.metadata = request.payload("metadata")
        save.name = request.params.string("name")
        save.resumeToken = try resumeToken(request)
        save.messages = try change(request)
        return save
    }

    /// 128 random bits are 22 characters of base 64; a shorter token could be guessed.
    private static func resumeToken(_ request: Request) throws -> String? {
        guard let token = request.params.string("resume_token") else { return nil }
        if token.utf8.count >= 22 { return token }
        throw Failure(
            .invalidArgument, "`resume_token` has \(token.utf8.count) characters, and 22 at least are needed",
            hint: "Mint 128 random bits, or leave it out and take the daemon's.")
    }

    private static func change(_ request: Request) throws -> SaveCheckpoint.Messages {
        guard let messages = request.params.object("messages") else { return .unchanged }
        let added = messages.array("append")?.map(\.bytes)
        guard let all = messages.array("all")?.map(\.bytes) else {
            return .append(keep: messages.integer("keep"), added ?? [])
        }
        guard added == nil, messages.integer("keep") == nil else {
            throw Failure(
                .invalidArgument, "`messages` has `all` beside `keep` or `append`",
                hint: "Send the whole history in `all`, or what changed in `keep` and `append`.")
        }
        return .all(all)
    }

    private static func name(_ request: Request) -> CheckpointName {
        CheckpointName(
            checkpoint: request.params.string("checkpoint"), run: request.params.string("run"),
            name: request.params.string("name"), token: request.params.string("token"))
    }

    private static func messages(_ request: Request) -> CheckpointMessages {
        let name = CheckpointName(
            checkpoint: request.params.string("checkpoint"), run: request.params.string("run"), name: nil,
            token: nil)
        var messages = CheckpointMessages(name: name, maxBytes: request.pageBytes())
        messages.from = request.params.count("from")
        messages.count = request.params.integer("count")
        messages.last = request.params.integer("last")
        return messages
    }

    private static func list(_ page: Page<CheckpointRecord>, run: String) -> [UInt8] {
        result { writer in
            writer.page("checkpoints", page, cursor: { String($0.key) }) { writer, checkpoint in
                writer.object { $0.members(of: checkpoint, run: run) }
            }
        }
    }
}
