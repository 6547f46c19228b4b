/// The end of an output: as many bytes as are to be kept, however many come.
struct OutputTail {
    let limit: Int
    /// All bytes that came.
    private(set) var total = 0
    private var chunks: [[UInt8]] = []
    private var kept = 0

    init(limit: Int) { self.limit = limit }

    /// Takes the next bytes; what is older than the limit is forgotten.
    mutating func append(_ chunk: [UInt8]) {
        total += chunk.count
        kept += chunk.count
        chunks.append(chunk)
        while let first = chunks.first, kept - first.count >= limit {
            kept -= first.count
            chunks.removeFirst()
        }
    }

    /// Whether something was forgotten.
    var isCut: Bool { total > limit }

    /// The last bytes; where something was forgotten they begin with a whole character of UTF-8.
    var bytes: [UInt8] {
        let all = chunks.flatMap(\.self)
        let end = all.suffix(limit)
        guard end.count < total else { return Array(end) }
        let broken = end.prefix(3).prefix { $0 & 0xC0 == 0x80 }.count
        return Array(end.dropFirst(broken))
    }
}
