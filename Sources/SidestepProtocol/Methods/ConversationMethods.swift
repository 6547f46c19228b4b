import SidestepModel

extension MethodTable {
    /// The methods of conversations: logs of messages outside of runs, shared by several processes.
    static let conversationMethods: [Method] = [
        conversationAppend, conversationRead, conversationEntry, conversationList, conversationFork,
        conversationDelete,
    ]

    private static let aConversation = Parameter.must("conversation", .name, "the name of the conversation")

    private static let conversationAppend = Method(
        "conversation.append", .conversation, .open,
        "Appends entries to a conversation, or replaces its end; makes it when there is none.",
        parameters: [
            aConversation, .may("entries", .array(.payload, atMost: .entries), "what is added, in order"),
            .may(
                "ids", .strings(atMost: .entries),
                "an id for each entry; one that is there already is not added again"),
            .may("keep", .count, "how many entries stay", default: "all"),
            .may("expected_revision", .sequence, "the revision it must be at; 0: there must be none"),
            .may("metadata", .payload, "replaces what is kept beside the entries"),
        ],
        result: [
            .must("appended", .boolean, "false when it was at another revision: nothing has changed"),
            .must("revision", .sequence, "where it is now; 0 when there is none"),
            .must("length", .count, "how many entries it has"),
        ],
        errors: [.invalidArgument],
        example: Example(
            #"{"conversation":"chat-1","entries":[{"role":"user"}],"expected_revision":3}"#,
            #"{"appended":true,"revision":4,"length":7}"#),
        waitsForCommit: true)

    private static let conversationRead = Method(
        "conversation.read", .conversation, .open, "Returns entries of a conversation in order.",
        parameters: [
            aConversation, .may("from", .count, "the first entry", default: 0),
            .may("count", .count, "how many", default: "all"),
            .may("last", .count, "instead: the last so many"),
            .may("max_bytes", .count, "about how many bytes of them", default: 8_388_608),
        ],
        result: [
            .must("found", .boolean, "whether there is one"),
            .may("revision", .sequence, "where it is"), .may("length", .count, "how many entries it has"),
            .may("metadata", .payload, "what is kept beside the entries"),
            .must("entries", .array(.payload), "the entries"),
            .may("ids", .array(.payload), "their ids, null for one without; left out when none has one"),
            .may("from", .count, "the first of them"),
            .may("more", .count, "where to go on"),
        ],
        example: Example(
            #"{"conversation":"chat-1","last":1}"#,
            #"{"found":true,"revision":4,"length":7,"entries":[{"role":"user"}],"from":6,"more":null}"#))

    private static let conversationEntry = Method(
        "conversation.entry", .conversation, .open,
        "Returns the entry with an id, and the name of the conversation it is in.",
        parameters: [
            .may("conversation", .name, "only in this one"), .must("entry", .name, "its id"),
        ],
        result: [
            .must("found", .boolean, "whether there is one"),
            .may("conversation", .name, "the conversation"), .may("value", .payload, "the entry"),
        ],
        example: Example(
            #"{"entry":"e1"}"#, #"{"found":true,"conversation":"chat-1","value":{"role":"user"}}"#))

    private static let conversationList = Method(
        "conversation.list", .conversation, .open, "Lists conversations by name.",
        parameters: [
            .may("prefix", .name, "only names that begin so"),
            .may("limit", .page, "conversations on a page", default: 100),
            .may("cursor", .opaque, "`more` of the page before"),
        ],
        result: [
            .must("conversations", .array(.conversation), "the conversations"),
            .may("more", .opaque, "the cursor of the next page"),
        ],
        example: Example(
            #"{"prefix":"chat-"}"#, #"{"conversations":[\#(ExampleText.conversation)],"more":null}"#))

    private static let conversationFork = Method(
        "conversation.fork", .conversation, .open, "Makes a conversation that begins like another one.",
        parameters: [
            aConversation, .must("target", .name, "the name of the new one"),
            .may("count", .count, "how many entries it begins with", default: "all"),
        ],
        result: [
            .must("revision", .sequence, "where the new one is"),
            .must("length", .count, "how many entries it has"),
        ],
        errors: [.invalidArgument],
        example: Example(
            #"{"conversation":"chat-1","target":"chat-2","count":4}"#, #"{"revision":1,"length":4}"#),
        waitsForCommit: true)

    private static let conversationDelete = Method(
        "conversation.delete", .conversation, .open, "Forgets a conversation with its entries.",
        parameters: [aConversation], result: [.must("deleted", .boolean, "whether there was one")],
        example: Example(#"{"conversation":"chat-1"}"#, #"{"deleted":true}"#), waitsForCommit: true,
        space: .frees)
}

extension ParameterType {
    static let conversation = ParameterType.shared(
        "conversation",
        .object([
            .must("conversation", .name, "its name"), .must("revision", .sequence, "grows with every change"),
            .must("length", .count, "how many entries it has"),
            .may("metadata", .payload, "what is kept beside the entries"),
            .must("created_at", .instant, "when it was begun"),
            .must("updated_at", .instant, "when it was changed last"),
        ]))
}
