/// What models cost: a file that its user edits.
///
///     # model          input  output  [cached  [written]]   dollars for a million tokens
///     gpt-5*            1.25   10      0.125
///     azure:gpt-5*      1.50   12
///     claude-*-4-5      3      15      0.30    3.75
///
/// The first line whose pattern fits counts; `*` stands for any text, and what stands before a colon is the name of
/// an upstream. What is read from a cache or written to one costs as other input does where no price is given.
public struct PriceTable: Sendable, Equatable {
    /// Prices in millionths of the currency for a million tokens.
    public struct Price: Sendable, Equatable {
        /// Of tokens that are read.
        public let input: Int64
        /// Of tokens that are written.
        public let output: Int64
        /// Of tokens that are read from a cache.
        public let cached: Int64
        /// Of tokens that are written to a cache.
        public let cacheWritten: Int64

        /// What a call cost, in millionths of the currency, rounded up.
        public func cost(of usage: ReplyUsage) -> Int64 {
            let plain = max(0, usage.input &- usage.cached &- usage.cacheWritten)
            let parts = [
                (plain, input), (usage.output, output), (usage.cached, cached),
                (usage.cacheWritten, cacheWritten),
            ]
            let sum = parts.reduce(Int64(0)) { sum, part in
                sum.addingClamped(part.0.multipliedClamped(by: part.1))
            }
            return sum / 1_000_000 + (sum % 1_000_000 > 0 ? 1 : 0)
        }
    }

    /// Why a file is no table.
    public struct Fault: Error, Sendable, Equatable {
        /// The line, from 1 on.
        public let line: Int
        /// What is wrong with it, as a sentence.
        public let message: String
    }

    private struct Row: Sendable, Equatable {
        let pattern: String
        let price: Price
    }

    private let rows: [Row]

    /// Reads a table.
    public init(parsing text: String) throws(Fault) {
        var rows: [Row] = []
        var number = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }
            guard let pattern = words.first else { continue }
            guard (3...5).contains(words.count) else {
                throw Fault(line: number, message: "A line has a model and two to four prices.")
            }
            var prices: [Int64] = []
            for word in words.dropFirst() {
                guard let price = Self.micros(word) else {
                    throw Fault(line: number, message: "'\(word)' is no price: write dollars as 1.25.")
                }
                prices.append(price)
            }
            let cached = prices.count > 2 ? prices[2] : prices[0]
            rows.append(
                Row(
                    pattern: String(pattern),
                    price: Price(
                        input: prices[0], output: prices[1], cached: cached,
                        cacheWritten: prices.count > 3 ? prices[3] : prices[0])))
        }
        self.rows = rows
    }

    /// The price of a model; nil when no line fits.
    public func price(of model: String, upstream: String) -> Price? {
        rows.first { row in
            Glob.matches(row.pattern, model) || Glob.matches(row.pattern, upstream + ":" + model)
        }?.price
    }

    /// A decimal number with up to six digits behind its point, in millionths.
    private static func micros(_ text: Substring) -> Int64? {
        let halves = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let whole = halves[0]
        let fraction = halves.count > 1 ? halves[1] : ""
        let digits = whole + fraction
        guard !whole.isEmpty, whole.count <= 9, fraction.count <= 6, halves.count == 1 || !fraction.isEmpty,
            digits.utf8.allSatisfy(TextPattern.isDigit)
        else { return nil }
        return Int64(digits + String(repeating: "0", count: 6 - fraction.count))
    }
}

/// Patterns in which `*` stands for any text.
enum Glob {
    /// Linear in most cases, never worse than the product of both lengths.
    static func matches(_ pattern: String, _ text: String) -> Bool {
        let (pattern, text) = (Array(pattern.utf8), Array(text.utf8))
        var (at, index) = (0, 0)
        var star: (at: Int, index: Int)?
        while index < text.count {
            if at < pattern.count, pattern[at] == UInt8(ascii: "*") {
                star = (at, index)
                at += 1
            } else if at < pattern.count, pattern[at] == text[index] {
                at += 1
                index += 1
            } else if let last = star {
                star = (last.at, last.index + 1)
                at = last.at + 1
                index = last.index + 1
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
