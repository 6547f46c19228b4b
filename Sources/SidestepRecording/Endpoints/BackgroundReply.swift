import SidestepProtocol

/// An answer that a provider makes in the background: it goes on there when who asked for it has died, and is read by
/// its id.
public struct BackgroundReply: Sendable, Equatable {
    /// The recording of the call that it answers.
    public let recording: Int64
    /// The provider's name for it.
    public let id: String
    /// What the secret of the call is made from.
    public let nonce: String

    /// An answer under the id that its first event has brought.
    public init(recording: Int64, id: String, nonce: String) {
        (self.recording, self.id, self.nonce) = (recording, id, nonce)
    }

    /// Whether a call is answered in that way, by events that can be read again from the first one on.
    public static func answers(_ request: RecordedRequest, api: API) -> Bool {
        let path = request.target.prefix { $0 != "?" }
        return request.method == "POST" && request.json?["background"]?.bool == true
            && (api == .responses && path.hasSuffix("/responses")
                || api == .interactions && path.hasSuffix("/interactions"))
            // A WebSocket has nothing but events.
            && (request.transport == .webSocket || request.json?["stream"]?.bool == true)
    }

    /// Whether the provider says by its status that it has no such answer, or none that can be read again.
    public static func isGone(_ status: Int) -> Bool { [400, 404, 410].contains(status) }

    /// Path and query by which the events are read; nil for an id that is not at home in a path.
    ///
    /// - Parameter target: of the call: what stands in its query, a key for example, is needed here as well.
    public func target(of target: String) -> String? {
        let isPlain = id.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0)
                || [0x2d, 0x5f].contains($0)
        }
        guard isPlain, (1...200).contains(id.utf8.count) else { return nil }
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let kept = parts.dropFirst().first?.split(separator: "&").filter { !$0.hasPrefix("stream=") } ?? []
        return "\(parts[0])/\(id)?" + (kept + ["stream=true"]).joined(separator: "&")
    }
}
