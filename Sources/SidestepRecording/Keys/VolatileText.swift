/// What in a text changes from one start of a program to the next although it means the same.
public struct VolatileKinds: OptionSet, Sendable, Hashable {
    /// The kinds as bits.
    public let rawValue: UInt8
    /// A set of kinds.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Dates, times of day and durations with a unit.
    public static let time = VolatileKinds(rawValue: 1)
    /// UUIDs.
    public static let uuid = VolatileKinds(rawValue: 2)
    /// The name below a directory for temporary files.
    public static let tmp = VolatileKinds(rawValue: 4)
    /// Addresses: `0x` and six digits or more.
    public static let address = VolatileKinds(rawValue: 8)
    /// All of them: what is masked in the results of tools.
    public static let all: VolatileKinds = [.time, .uuid, .tmp, .address]

    /// The kinds that a user names, parted by commas: `time,uuid,tmp`; nil for a name that there is not.
    public init?(names: String) {
        self = []
        for name in names.split(separator: ",") {
            guard let kind = Self.named.first(where: { $0.0 == name }) else { return nil }
            insert(kind.1)
        }
    }

    /// Each kind by the name that users give it.
    public static let named: [(String, VolatileKinds)] = [
        ("time", .time), ("uuid", .uuid), ("tmp", .tmp), ("address", .address),
    ]
}

/// Writes texts with what is volatile in them masked.
///
/// Whole numbers, words and exit codes stay: they are what a result says.
struct VolatileText {
    let kinds: VolatileKinds
    /// The directories for temporary files, each with its slash at the end.
    let directories: [[UInt8]]
    /// Whether one UUID is told from another, by the order in which they come up.
    let renamesUUIDs: Bool
    private var names: [[UInt8]: Int] = [:]

    static let directories = ["/tmp/", "/var/tmp/", "/private/tmp/", "/dev/shm/"].map { Array($0.utf8) }

    init(_ kinds: VolatileKinds, directories: [[UInt8]] = Self.directories, renamesUUIDs: Bool = false) {
        self.kinds = kinds
        self.directories = directories
        self.renamesUUIDs = renamesUUIDs
    }

    mutating func append(_ text: [UInt8], to bytes: inout [UInt8]) {
        var place = 0
        while let found = next(in: text, from: place) {
            bytes.append(contentsOf: text[place..<found.start])
            bytes.append(Self.sign)
            bytes.append(found.mark)
            if found.mark == UInt8(ascii: "u"), renamesUUIDs {
                bytes += name(of: Array(text[found.start..<found.end])).description.utf8
            }
            place = found.end
        }
        bytes.append(contentsOf: text[place...])
    }

    /// Stands before the mark of what is masked: no text of a model or a tool has this byte for anything.
    static let sign: UInt8 = 0x01

    /// The first that is volatile at or behind a place.
    func next(in text: [UInt8], from place: Int) -> Found? {
        for index in place..<text.count where Self.mayBegin(text[index]) {
            if let found = find(text, index) { return found }
        }
        return nil
    }

    private mutating func name(of uuid: [UInt8]) -> Int {
        let folded = uuid.map { $0 | 0x20 }
        if let known = names[folded] { return known }
        names[folded] = names.count
        return names.count - 1
    }

    struct Found {
        let mark: UInt8
        let start: Int
        let end: Int
    }

    @inline(__always)
    private static func mayBegin(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || TextPattern.isHex(byte)
    }

    private func find(_ text: [UInt8], _ index: Int) -> Found? {
        if text[index] == UInt8(ascii: "/") { return kinds.contains(.tmp) ? temporary(text, index) : nil }
        if index > 0, TextPattern.isWord(text[index - 1]) { return nil }
        if kinds.contains(.uuid), let end = TextPattern.uuid(text, index) {
            return Found(mark: UInt8(ascii: "u"), start: index, end: end)
        }
        guard TextPattern.isDigit(text[index]) else { return nil }
        if kinds.contains(.address), let end = TextPattern.address(text, index) {
            return Found(mark: UInt8(ascii: "x"), start: index, end: end)
        }
        if kinds.contains(.time), let end = TextPattern.time(text, index) {
            return Found(mark: UInt8(ascii: "t"), start: index, end: end)
        }
        return nil
    }

    /// The first name below a directory for temporary files; what lies below that is the program's own.
    private func temporary(_ text: [UInt8], _ index: Int) -> Found? {
        if index > 0, TextPattern.isWord(text[index - 1]) { return nil }
        guard let directory = directories.first(where: { text[index...].starts(with: $0) }) else {
            return nil
        }
        let start = index + directory.count
        let end = text[start...].firstIndex { !TextPattern.isFileName($0) } ?? text.count
        return end > start ? Found(mark: UInt8(ascii: "f"), start: start, end: end) : nil
    }
}
