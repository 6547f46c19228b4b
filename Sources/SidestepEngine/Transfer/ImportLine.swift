import SidestepModel
import SidestepProtocol

/// A line of an export, read with all the mistrust that a file deserves.
struct ImportLine {
    private let json: RawJSON
    /// Its number in the export, from 1, for errors.
    let number: Int64

    init(_ json: RawJSON, number: Int64) {
        self.json = json
        self.number = number
    }

    var kind: String { json["kind"]?.string ?? "" }

    func broken(_ what: String) -> Failure {
        Failure(
            .invalidArgument, "line \(number) (\(kind)) \(what)",
            hint: "Send the lines as `run.export` wrote them, in their order; nothing was imported.")
    }

    // MARK: Values

    /// A name: 1 to 1024 bytes without NUL.
    func name(_ key: String) throws -> String {
        guard let text = try optionalName(key) else { throw broken("lacks `\(key)`") }
        return text
    }

    func optionalName(_ key: String) throws -> String? {
        guard let value = present(key) else { return nil }
        guard let text = value.string, (1...1024).contains(text.utf8.count), !text.utf8.contains(0) else {
            throw broken("has no name in `\(key)`")
        }
        return text
    }

    func text(_ key: String, maxBytes: Int = 4096) throws -> String? {
        guard let value = present(key) else { return nil }
        guard let text = value.string, text.utf8.count <= maxBytes else {
            throw broken("has no text in `\(key)`")
        }
        return text
    }

    /// A word of an enumeration.
    func word<Word: RawRepresentable<String>>(_ key: String, _ type: Word.Type = Word.self) throws -> Word {
        guard let word = present(key)?.string.flatMap(Word.init(rawValue:)) else {
            throw broken("has a `\(key)` that this daemon does not know")
        }
        return word
    }

    /// A number in a range; `absent` where there is none.
    func number(_ key: String, in range: ClosedRange<Int64>, absent: Int64? = nil) throws -> Int64 {
        guard let value = present(key) else {
            if let absent { return absent }
            throw broken("lacks `\(key)`")
        }
        guard let number = value.integer, range.contains(number) else {
            throw broken("has a `\(key)` outside \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func optionalNumber(_ key: String, in range: ClosedRange<Int64>) throws -> Int64? {
        present(key) == nil ? nil : try number(key, in: range)
    }

    func count(_ key: String, absent: Int64? = nil) throws -> Int64 {
        try number(key, in: 0...1_000_000_000, absent: absent)
    }

    /// A number that counts bytes, tokens, money or the like.
    func amount(_ key: String) throws -> Int64 { try number(key, in: 0...1 << 53) }

    func instant(_ key: String) throws -> Instant {
        Instant(milliseconds: try number(key, in: 0...253_402_300_799_999))
    }

    func optionalInstant(_ key: String) throws -> Instant? { present(key) == nil ? nil : try instant(key) }

    func flag(_ key: String) -> Bool { json[key]?.bool ?? false }

    /// Anything, byte for byte; null is a value.
    func payload(_ key: String) -> Payload? { json[key]?.bytes }

    func elements(_ key: String) -> [Payload] { json[key]?.elements.map(\.bytes) ?? [] }

    func texts(_ key: String) -> [(name: String, value: String)] {
        json[key]?.members.compactMap { member in member.value.string.map { (member.key, $0) } } ?? []
    }

    /// Bytes written as hexadecimal digits.
    func bytes(_ key: String, _ counts: ClosedRange<Int>) throws -> [UInt8] {
        let digits = Array((try text(key) ?? "").utf8)
        guard digits.count % 2 == 0, counts.contains(digits.count / 2) else {
            throw broken("has no \(counts.lowerBound) to \(counts.upperBound) bytes in `\(key)`")
        }
        return try stride(from: 0, to: digits.count, by: 2).map { index in
            guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16)
            else {
                throw broken("has no hexadecimal digits in `\(key)`")
            }
            return byte
        }
    }

    /// A member that is there and is not null.
    func present(_ key: String) -> RawJSON? {
        guard let value = json[key], !value.isNull else { return nil }
        return value
    }
}
