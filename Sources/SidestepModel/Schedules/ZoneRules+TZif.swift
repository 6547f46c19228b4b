extension ZoneRules {
    /// Reads a TZif file, RFC 9636; nil when the bytes are none.
    public init?(tzif bytes: [UInt8]) {
        var reader = BigEndianReader(bytes)
        guard let first = TZifHeader(&reader) else { return nil }
        guard first.version >= UInt8(ascii: "2") else {
            self.init(&reader, first, timeBytes: 4)
            return
        }
        // The first block holds 32-bit times for old readers; the second one is whole.
        reader.skip(first.size(timeBytes: 4))
        guard let second = TZifHeader(&reader) else { return nil }
        self.init(&reader, second, timeBytes: 8)
    }

    private init?(_ reader: inout BigEndianReader, _ header: TZifHeader, timeBytes: Int) {
        guard header.types > 0, header.isPlausible else { return nil }
        let times = (0..<header.times).map { _ in reader.integer(timeBytes) }
        let kinds = (0..<header.times).map { _ in Int(reader.integer(1) & 0xff) }
        let offsets = (0..<header.types).map { _ -> Int64 in
            let offset = reader.integer(4)
            reader.skip(2)
            return offset
        }
        reader.skip(header.rest(timeBytes: timeBytes))
        guard !reader.isExhausted, kinds.allSatisfy({ $0 < offsets.count }) else { return nil }
        let footer = timeBytes == 8 ? reader.line() : ""
        var transitions: [(at: Int64, offset: Int64)] = []
        for (at, kind) in zip(times, kinds) where offsets[kind] != transitions.last?.offset ?? offsets[0] {
            guard transitions.last.map({ $0.at < at }) ?? true else { return nil }
            transitions.append((at, offsets[kind]))
        }
        self.init(transitions: transitions, initialOffset: offsets[0], rule: PosixZone(footer))
    }
}

/// The header of one block: RFC 9636 §3.1.
private struct TZifHeader {
    let version: UInt8
    let utcFlags, standardFlags, leaps, times, types, characters: Int

    init?(_ reader: inout BigEndianReader) {
        guard reader.text(4) == "TZif" else { return nil }
        version = UInt8(truncatingIfNeeded: reader.integer(1))
        reader.skip(15)
        let counts = (0..<6).map { _ in Int(reader.integer(4)) }
        if reader.isExhausted { return nil }
        (utcFlags, standardFlags, leaps) = (counts[0], counts[1], counts[2])
        (times, types, characters) = (counts[3], counts[4], counts[5])
    }

    /// Real files stay far below: a broken one must not make us allocate.
    var isPlausible: Bool {
        [utcFlags, standardFlags, leaps, times, types, characters].allSatisfy { (0...100_000).contains($0) }
    }

    func size(timeBytes: Int) -> Int { times * (timeBytes + 1) + types * 6 + rest(timeBytes: timeBytes) }

    /// What stands behind the types: designations, leap seconds, flags.
    func rest(timeBytes: Int) -> Int { characters + leaps * (timeBytes + 4) + standardFlags + utcFlags }
}

/// Reads numbers in network byte order; past the end it reads zeros and says so.
private struct BigEndianReader {
    private let bytes: [UInt8]
    private var place = 0
    private(set) var isExhausted = false

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private mutating func next() -> UInt8 {
        guard place < bytes.count else {
            isExhausted = true
            return 0
        }
        defer { place += 1 }
        return bytes[place]
    }

    /// A signed integer of so many bytes.
    mutating func integer(_ size: Int) -> Int64 {
        var value: Int64 = 0
        for index in 0..<size {
            let byte = next()
            value = index == 0 ? Int64(Int8(bitPattern: byte)) : value << 8 | Int64(byte)
        }
        return value
    }

    mutating func skip(_ count: Int) {
        guard count >= 0, count <= bytes.count - place else {
            isExhausted = true
            place = bytes.count
            return
        }
        place += count
    }

    mutating func text(_ count: Int) -> String {
        String(decoding: (0..<count).map { _ in next() }, as: UTF8.self)
    }

    /// The text between two newlines.
    mutating func line() -> String {
        guard next() == 10 else { return "" }
        let rest = bytes[min(place, bytes.count)...]
        return String(decoding: rest.prefix { $0 != 10 }, as: UTF8.self)
    }
}
