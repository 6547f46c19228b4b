import Sidestep
import SidestepProtocol

/// One line of standard input, and the step that it is.
struct EachItem {
    /// Where it stands among the lines, from 0.
    let place: Int
    let line: [UInt8]
    let step: String

    /// The line as it can be shown and named: bytes that are no UTF-8 as `\xFF`.
    static func text(_ line: [UInt8]) -> String {
        if let text = String(validating: line, as: UTF8.self) { return text }
        let digits = Array("0123456789abcdef")
        return line.map { byte in
            byte < 0x80
                ? String(UnicodeScalar(byte)) : "\\x\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
        }.joined()
    }
}

/// Gives every line a step: the same line is the same step, whatever the order.
///
/// A line that comes again is numbered before the colon, where no line can stand: `fetch:a`, `fetch#2:a`.
struct EachNames {
    private let base: String
    private var counts: [String: Int] = [:]
    private var place = 0

    /// - Parameter base: the name of all of them, within the step around them.
    init(_ base: String) { self.base = base }

    mutating func next(_ line: [UInt8]) -> EachItem {
        var text = EachItem.text(line)
        // Two lines may look alike then.
        if String(validating: line, as: UTF8.self) == nil {
            text += "~" + SHA256.hexDigest(of: line).prefix(16)
        }
        let count = counts[text, default: 0] + 1
        counts[text] = count
        defer { place += 1 }
        let name = count == 1 ? "\(base):\(text)" : "\(base)#\(count):\(text)"
        return EachItem(place: place, line: line, step: StepNames.shortened(name))
    }

    /// Whether a step of the run may be one of ours; a shortened name need not show it.
    func mayHold(_ step: String) -> Bool {
        step.hasPrefix(base) || step.utf8.count > StepNames.longest - 100
    }

    /// What a name may not be: two steps of a run could have one name then.
    static func problem(_ name: String) -> String? {
        if name.isEmpty { return "the name is empty" }
        if name.contains(":") {
            return "the colon separates the name from the line: leave it out of the name"
        }
        let digits = name.reversed().prefix { $0.isASCII && $0.isNumber }
        return !digits.isEmpty && name.dropLast(digits.count).last == "#"
            ? "a name that ends with # and a number is that of a line that comes again" : nil
    }
}
