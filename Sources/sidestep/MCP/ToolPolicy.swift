import ArgumentParser
import SidestepProtocol

/// What becomes of a call whose effect nobody knows.
enum InDoubt: String, CaseIterable, ExpressibleByArgument {
    /// The model is told, and nothing is repeated.
    case error
    /// It is made again.
    case retry
    /// The run is paused until somebody says what became of it.
    case pause
}

/// What is done about a server's own state, which replayed calls do not build up.
enum ServerState: ExpressibleByArgument {
    /// Nothing: most servers have none.
    case none
    /// The calls of these tools are made again before the first that is live.
    case rebuild(Set<String>)
    /// No call is live after one that was replayed.
    case refuse

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
        switch (parts.first, parts.count) {
        case ("none", 1): self = .none
        case ("refuse", 1): self = .refuse
        case ("rebuild", 2): self = .rebuild(Set(parts[1].split(separator: ",").map(String.init)))
        default: return nil
        }
    }

    var defaultValueDescription: String { "none" }
}

/// Which tools may be called again when nobody knows what became of a call: as the server says.
struct RepeatableTools {
    private var names: Set<String> = []

    func contains(_ tool: String) -> Bool { names.contains(tool) }

    /// Takes in an answer to `tools/list`, or a page of it.
    mutating func note(_ result: RawJSON) {
        for tool in result["tools"]?.elements ?? [] {
            guard let name = tool["name"]?.string else { continue }
            let hints = tool["annotations"]
            if hints?["readOnlyHint"]?.bool == true || hints?["idempotentHint"]?.bool == true {
                names.insert(name)
            } else {
                names.remove(name)
            }
        }
    }
}
