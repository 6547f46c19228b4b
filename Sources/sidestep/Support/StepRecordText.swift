import Glibc
import Sidestep
import SidestepProtocol

/// What the journal holds of a command: `{"stdout": "…", "exit": 0}`, or `stdout_base64` when it was no
/// UTF-8.
struct StepRecordText {
    private let record: RawJSON
    /// Whether the record itself is printed instead of the output in it.
    private let isJSON: Bool

    init(_ record: RawJSON, json: Bool) {
        self.record = record
        isJSON = json
    }

    /// Prints the recorded output and exits with the recorded status.
    func repeatAndExit() -> Never {
        if isJSON { Output.line(record.text) } else { Output.write(output, to: 1) }
        exit(Int32(clamping: status))
    }

    /// A step recorded by another client has no status; it failed or it did not.
    private var status: Int { record["exit"]?.int ?? (record["type"] == nil ? 0 : 1) }

    private var output: [UInt8] {
        if let text = record["stdout"]?.string { return Array(text.utf8) }
        if let encoded = record["stdout_base64"]?.string, let bytes = Base64.decode(encoded) { return bytes }
        guard record["exit"] == nil, record["type"] == nil else { return [] }
        return Array((record.string ?? record.text).utf8) + [10]
    }

    /// Writes the members of a record.
    static func write(_ output: [UInt8], status: Int32, to writer: inout JSONWriter) {
        if let text = String(validating: output, as: UTF8.self) {
            writer.member("stdout", text)
        } else {
            writer.member("stdout_base64", Base64.encode(output))
        }
        writer.member("exit", Int(status))
    }
}

/// Base 64 of RFC 4648 §4.
enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let word = (0..<3).reduce(UInt32(0)) {
                $0 << 8 | ($1 < group.count ? UInt32(group[start + $1]) : 0)
            }
            for index in 0..<4 {
                text.append(
                    index > group.count ? UInt8(ascii: "=") : alphabet[Int(word >> (18 - 6 * index) & 63)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var word: UInt32 = 0
        var bits = 0
        for character in text.utf8 where character != UInt8(ascii: "=") {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            word = word << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(bits)))
            }
        }
        return bytes
    }
}
