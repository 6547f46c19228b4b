import SidestepProtocol

/// Where a request is cut so that what two turns share is stored once: after each message, tool and block of
/// the system's text.
public enum RequestPieces {
    /// Cuts of one body: what lies behind the last of them is one piece.
    public static let limit = 10_000
    private static let lists: Set<String> = [
        "messages", "input", "contents", "tools", "system", "steps", "functions", "documents",
    ]

    /// Offsets into the body, rising, each inside of it; none for what is no JSON object.
    ///
    /// A piece ends with its element, so that the comma or bracket after it belongs to the next: a history that grows
    /// has all pieces of the one it grew from, its last aside.
    public static func cuts(of body: RawJSON?) -> [Int] {
        guard let body else { return [] }
        var cuts: [Int] = []
        for member in body.members where lists.contains(member.key) {
            let elements = member.value.elements
            guard let first = elements.first else { continue }
            cuts.append(first.bytes.startIndex)
            cuts += elements.map(\.bytes.endIndex)
        }
        return Array(cuts.prefix(limit))
    }
}
