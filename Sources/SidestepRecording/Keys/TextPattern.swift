/// The forms that volatile texts have: each function gives the end of one that begins at a place, or nil.
enum TextPattern {
    static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    static func isHex(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "f"))
    }

    static func isLetter(_ byte: UInt8) -> Bool {
        byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
    }

    /// What a number or a name goes on with, so that nothing of its own begins or ends there.
    static func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || isLetter(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    static func isFileName(_ byte: UInt8) -> Bool {
        isWord(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "+")
    }

    private static func endsWord(_ text: [UInt8], _ index: Int) -> Bool {
        index >= text.count || !isWord(text[index])
    }

    /// Eight, four, four, four and twelve hexadecimal digits.
    static func uuid(_ text: [UInt8], _ index: Int) -> Int? {
        guard index + 36 <= text.count else { return nil }
        for place in 0..<36 {
            let byte = text[index + place]
            let isDash = [8, 13, 18, 23].contains(place)
            guard isDash ? byte == UInt8(ascii: "-") : isHex(byte) else { return nil }
        }
        return endsWord(text, index + 36) ? index + 36 : nil
    }

    /// `0x` and six digits or more: below that it is a code or a flag.
    static func address(_ text: [UInt8], _ index: Int) -> Int? {
        guard index + 8 <= text.count, text[index] == UInt8(ascii: "0"),
            text[index + 1] | 0x20 == UInt8(ascii: "x")
        else { return nil }
        let end = text[(index + 2)...].firstIndex { !isHex($0) } ?? text.count
        return end - index >= 8 && endsWord(text, end) ? end : nil
    }

    /// A date with or without a time of day, a time of day, or a duration.
    static func time(_ text: [UInt8], _ index: Int) -> Int? {
        if let end = date(text, index) { return end }
        if let end = clock(text, index) { return end }
        return duration(text, index)
    }

    /// `2026-10-21` or `2026/10/21`, with what follows it of a time of day.
    private static func date(_ text: [UInt8], _ index: Int) -> Int? {
        guard index + 10 <= text.count, digits(text, index) == 4, digits(text, index + 5) == 2,
            digits(text, index + 8) == 2
        else { return nil }
        let separator = text[index + 4]
        guard separator == UInt8(ascii: "-") || separator == UInt8(ascii: "/"), text[index + 7] == separator
        else { return nil }
        let next = index + 10
        if next + 1 < text.count,
            [UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: " ")].contains(text[next]),
            let end = clock(text, next + 1)
        {
            return end
        }
        return endsWord(text, next) ? next : nil
    }

    /// `5:40`, `05:40:09`, `05:40:09.123Z`, `05:40 PM`, `05:40:09+02:00`.
    private static func clock(_ text: [UInt8], _ index: Int) -> Int? {
        let hours = digits(text, index)
        guard hours == 1 || hours == 2, var next = part(text, index + hours) else { return nil }
        if let seconds = part(text, next) {
            next = seconds
            if next + 1 < text.count, text[next] == UInt8(ascii: ".") || text[next] == UInt8(ascii: ","),
                isDigit(text[next + 1])
            {
                next += 1 + digits(text, next + 1)
            }
        }
        return zone(text, next)
    }

    /// A colon and two digits.
    private static func part(_ text: [UInt8], _ index: Int) -> Int? {
        guard index + 2 < text.count, text[index] == UInt8(ascii: ":"), digits(text, index + 1) == 2 else {
            return nil
        }
        return index + 3
    }

    private static func zone(_ text: [UInt8], _ index: Int) -> Int? {
        guard index < text.count else { return index }
        switch text[index] {
        case UInt8(ascii: "Z"), UInt8(ascii: "z"): return endsWord(text, index + 1) ? index + 1 : nil
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard digits(text, index + 1) >= 2 else { return index }
            if let end = part(text, index + 3), digits(text, index + 1) == 2 { return end }
            return digits(text, index + 1) == 4 ? index + 5 : index
        case UInt8(ascii: " ") where half(text, index + 1): return index + 3
        case _ where half(text, index): return index + 2
        default: return endsWord(text, index) ? index : nil
        }
    }

    /// `AM` or `PM`.
    private static func half(_ text: [UInt8], _ index: Int) -> Bool {
        guard index + 1 < text.count, text[index + 1] | 0x20 == UInt8(ascii: "m") else { return false }
        return [UInt8(ascii: "a"), UInt8(ascii: "p")].contains(text[index] | 0x20)
            && endsWord(text, index + 2)
    }

    /// Numbers with units: `0.034s`, `12 ms`, `1m23s`. One letter alone counts only right after the number, `s`
    /// aside.
    private static func duration(_ text: [UInt8], _ index: Int) -> Int? {
        var next = index
        while let part = quantity(text, next) {
            if part.end >= text.count || !isDigit(text[part.end]) {
                return endsWord(text, part.end) ? part.end : nil
            }
            if part.isApart { return nil }
            next = part.end
        }
        return nil
    }

    /// One number with its unit.
    private static func quantity(_ text: [UInt8], _ index: Int) -> (end: Int, isApart: Bool)? {
        var next = index + digits(text, index)
        if next + 1 < text.count, text[next] == UInt8(ascii: "."), isDigit(text[next + 1]) {
            next += 1 + digits(text, next + 1)
        }
        let isApart = next < text.count && text[next] == UInt8(ascii: " ")
        let start = isApart ? next + 1 : next
        guard start < text.count else { return nil }
        let rest = text[start...].prefix(longestUnit + 1)
        let unit = String(decoding: rest.prefix { isLetter($0) || $0 >= 0x80 }, as: UTF8.self)
        guard units.contains(unit) || (!isApart && shortUnits.contains(unit)) else { return nil }
        return (start + unit.utf8.count, isApart)
    }

    private static let longestUnit = 12
    private static let shortUnits: Set<String> = ["m", "h", "d"]
    private static let units: Set<String> = [
        "ns", "us", "µs", "μs", "ms", "s", "sec", "secs", "second", "seconds", "min", "mins", "minute",
        "minutes", "hr", "hrs", "hour", "hours", "msec", "msecs", "millisecond", "milliseconds",
        "microseconds", "nanoseconds",
    ]

    /// How many digits stand at a place.
    private static func digits(_ text: [UInt8], _ index: Int) -> Int {
        guard index < text.count else { return 0 }
        return (text[index...].firstIndex { !isDigit($0) } ?? text.count) - index
    }
}
