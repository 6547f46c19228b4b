import SidestepModel

/// A span as a collector of traces is told of it.
struct Span: Sendable {
    enum Value: Sendable, Equatable {
        case text(String)
        case number(Int64)
    }

    struct Event: Sendable {
        var at: Instant
        var name: String
        var attributes: [(String, Value)]
    }

    var context: TraceContext
    /// The span that it is below; nil of the first of a trace.
    var parent: String?
    var name: String
    var begun: Instant
    var ended: Instant
    var attributes: [(String, Value)] = []
    var events: [Event] = []
    /// Events that there was no room for.
    var hasDroppedEvents = false
    /// Whether what it tells of failed, and what is said of that.
    var isError = false
    var message: String?

    /// As they are told apart: a clock that was set back makes no span that ends before it begins.
    init(
        _ context: TraceContext, below parent: String?, _ name: String, from begun: Instant, to ended: Instant
    ) {
        self.context = context
        self.parent = parent
        self.name = name
        self.begun = min(begun, ended)
        self.ended = ended
    }

    mutating func set(_ name: String, _ text: String?) {
        if let text { attributes.append((name, .text(text))) }
    }

    mutating func set(_ name: String, _ number: Int64?) {
        if let number { attributes.append((name, .number(number))) }
    }
}
