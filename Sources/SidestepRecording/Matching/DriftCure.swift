/// What would let a request be the same call as a recorded one.
public enum DriftCure: Sendable, Equatable {
    /// Nothing differs but what these kinds mask.
    case mask(VolatileKinds)
    /// Several recordings are alike under the mask that is given already.
    case ambiguous
    /// Only results of tools differ.
    case toolDrift
    /// Only results of tools differ, and the ids of their calls are in no recorded answer.
    case unknownTools
    /// The bodies are equal.
    case head
    /// A setting of the call differs, by its place.
    case setting(String)
    /// The same parts in another order.
    case order
    /// One of them has more parts than the other.
    case parts
    /// A date in words, or a moment in seconds.
    case date
    /// What looks like an id that is made at random.
    case id
    /// Any other text.
    case text

    /// The option that is the cure; nil where the program has to be changed.
    public var option: String? {
        switch self {
        case .mask(let kinds): "--mask " + kinds.names
        case .toolDrift: "--tool-drift any"
        default: nil
        }
    }

    /// One word, for programs.
    public var name: String {
        switch self {
        case .mask: "mask"
        case .ambiguous: "ambiguous"
        case .toolDrift: "tool_drift"
        case .unknownTools: "unknown_tools"
        case .head: "head"
        case .setting: "setting"
        case .order: "order"
        case .parts: "parts"
        case .date: "date"
        case .id: "id"
        case .text: "text"
        }
    }

    /// What to do, as a sentence.
    ///
    /// - Parameter hashSeed: PYTHONHASHSEED where the user has set it: a run's own would keep the order of sets.
    public func advice(hashSeed: String? = nil) -> String {
        switch self {
        case .mask:
            "with \(option ?? "") both are the same call; give it from the run's first start on"
        case .ambiguous:
            "several recorded calls are alike under --mask, and then none is taken: mask fewer kinds, or let each "
                + "prompt say which one it is"
        case .toolDrift:
            "only results of tools differ: with --tool-drift any both are the same call, also where a tool that said "
                + "yes says no"
        case .unknownTools:
            "the ids of its tools' calls are in no recorded answer: let the program keep those that the model gave"
        case .head:
            "the bodies are equal: the query differs, or one of the headers anthropic-version, anthropic-beta, "
                + "openai-beta and content-type"
        case .setting(let place):
            "the program sets `\(place)` by something that changes: give it a value that stays"
        case .order: Self.order(hashSeed)
        case .parts:
            "one has parts that the other has not: the program went another way before this call; what it left behind "
                + "may have led it (--workspace sets a folder back)"
        case .date:
            "a date in words and a moment in seconds are masked by nothing: write it as 2026-01-31 and give "
                + "--mask time, or let a step of the run tell it"
        case .id:
            "an id is made anew at each start: make it a UUID and give --mask uuid, or derive it from SIDESTEP_RUN, "
                + "which stays"
        case .text:
            "the text is made of something that changes from one start to the next: leave it out of the prompt, or "
                + "let a step of the run tell it"
        }
    }

    private static func order(_ hashSeed: String?) -> String {
        let sort =
            "the same parts in another order: sort what comes from a set, a folder or work done side by side"
        guard hashSeed == "random" else { return sort }
        return sort + "; PYTHONHASHSEED is 'random' here: without it each run gets one of its own"
    }
}

extension VolatileKinds {
    /// The kinds as a user names them, parted by commas.
    public var names: String { Self.named.filter { contains($0.1) }.map(\.0).joined(separator: ",") }
}
