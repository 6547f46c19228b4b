import SidestepProtocol

/// `timedelta`: a duration of ISO 8601 in days and shorter units, to the microsecond.
extension Duration: TaggedValue {
    /// The name of the tag.
    public static var tag: String { "timedelta" }

    /// The span in seconds: `PT90.5S`.
    public var taggedText: String {
        let micros = microseconds
        let (whole, part) = micros.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        var fraction = ""
        if part > 0 {
            let digits = String(part)
            fraction = "." + String(repeating: "0", count: 6 - digits.count) + digits
            while fraction.hasSuffix("0") { fraction.removeLast() }
        }
        return "\(micros < 0 ? "-" : "")PT\(whole)\(fraction)S"
    }

    /// The span that a text stands for.
    public init?(taggedText text: String) {
        var text = Substring(text)
        let isNegative = text.first == "-"
        if isNegative { text.removeFirst() }
        guard text.first == "P" else { return nil }
        let halves = text.dropFirst().split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
        guard let days = Self.units("D", in: halves[0]),
            let rest = Self.units("HMS", in: halves.count > 1 ? halves[1] : "")
        else { return nil }
        let span = days + rest
        self = isNegative ? .zero - span : span
    }

    /// The sum of numbers, each with its unit, in the order of the units; nil for another text.
    private static func units(_ units: String, in text: Substring) -> Duration? {
        let seconds: [Character: Int64] = ["D": 86_400, "H": 3600, "M": 60, "S": 1]
        var (sum, rest, left) = (Duration.zero, text, Substring(units))
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            guard let unit = rest.dropFirst(digits.count).first, let place = left.firstIndex(of: unit) else {
                return nil
            }
            let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
            guard let whole = Int64(parts[0]), parts.count == 1 || unit == "S" && parts.count == 2,
                let micros = parts.count == 1 ? 0 : micros(parts[1])
            else { return nil }
            let (span, isTooLong) = whole.multipliedReportingOverflow(by: seconds[unit]!)
            if isTooLong { return nil }
            sum += .seconds(span) + .microseconds(micros)
            left = left[left.index(after: place)...]
            rest = rest.dropFirst(digits.count + 1)
        }
        return sum
    }

    private static func micros(_ digits: Substring) -> Int64? {
        guard (1...6).contains(digits.count) else { return nil }
        return Int64(digits + String(repeating: "0", count: 6 - digits.count))
    }

    private var microseconds: Int128 {
        let (seconds, attoseconds) = components
        return Int128(seconds) * 1_000_000 + Int128(attoseconds / 1_000_000_000_000)
    }

    /// As the type itself is written: the halves of a number of 128 bits.
    var codableJSON: RawJSON {
        let (seconds, attoseconds) = components
        let all = Int128(seconds) * 1_000_000_000_000_000_000 + Int128(attoseconds)
        let (high, low) = (Int64(all >> 64), UInt64(truncatingIfNeeded: all))
        return RawJSON(validated: ArraySlice("[\(high),\(low)]".utf8))
    }
}
