import SidestepProtocol

/// Members of a request that do not change what a model answers: providers count, route or cache by them.
enum InertFields {
    typealias Members = [(key: String, value: RawJSON)]

    static let names: Set<String> = [
        "user", "metadata", "safety_identifier", "prompt_cache_key", "service_tier",
    ]
    /// What a frame of a WebSocket has besides its request.
    static let frame: Set<String> = ["type", "stream_id"]

    /// Where they lie.
    static func places(in members: Members, besides paths: [String]) -> [Range<Int>] {
        places(in: members, named: names) + paths.flatMap { place(of: $0, in: members) }
    }

    static func ofFrames(in members: Members) -> [Range<Int>] { places(in: members, named: frame) }

    private static func places(in members: Members, named names: Set<String>) -> [Range<Int>] {
        members.filter { names.contains($0.key) }.map(\.value.bytes.indices)
    }

    /// `a.b` is member `b` of member `a`.
    private static func place(of path: String, in members: Members) -> [Range<Int>] {
        let names = path.split(separator: ".").map(String.init)
        guard let first = names.first, var value = members.first(where: { $0.key == first })?.value else {
            return []
        }
        for name in names.dropFirst() {
            guard let next = value[name] else { return [] }
            value = next
        }
        return [value.bytes.indices]
    }
}
