/// The end of an output: as many bytes as are to be kept, however many come.
struct OutputTail {
    let limit: Int
    /// Secrets that the program was given, and that are not to be recorded.
    let secrets: SecretText
    /// Bytes kept besides: the longest of them may stand half before the limit.
    private let margin: Int
    /// What comes in small pieces is kept in chunks of so many bytes: little beside the limit.
    private let together: Int
    /// All bytes that came, and those that are kept for now.
    private(set) var total = 0
    private var chunks: [[UInt8]] = []
    private(set) var kept = 0

    init(limit: Int, secrets: SecretText) {
        self.limit = limit
        self.secrets = secrets
        margin = secrets.longest
        together = min(limit / 8, 64 << 10)
    }

    /// Takes the next bytes; what is older than the limit is forgotten.
    mutating func append(_ chunk: some Collection<UInt8>) {
        total += chunk.count
        kept += chunk.count
        if let last = chunks.last?.count, last + chunk.count <= together {
            chunks[chunks.count - 1] += chunk
        } else {
            chunks.append(Array(chunk))
        }
        while let first = chunks.first, kept - first.count >= limit + margin {
            kept -= first.count
            chunks.removeFirst()
        }
    }

    /// Whether something was forgotten.
    var isCut: Bool { total > limit }

    /// The last bytes without secrets; where something was forgotten they begin with a whole character of UTF-8.
    var bytes: [UInt8] {
        let all = chunks.flatMap(\.self).suffix(limit + margin)
        let isWhole = all.count == total
        // What is left of a secret that was cut stands in the margin, whatever the others became.
        let end = secrets.masked(Array(all)).dropFirst(isWhole ? 0 : margin).suffix(isCut ? limit : Int.max)
        guard isCut else { return Array(end) }
        let broken = end.prefix(3).prefix { $0 & 0xC0 == 0x80 }.count
        return Array(end.dropFirst(broken))
    }
}
