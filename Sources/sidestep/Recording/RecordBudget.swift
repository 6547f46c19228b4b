import ArgumentParser
import Glibc
import Sidestep
import SidestepProtocol
import SidestepRecorder
import SidestepRecording

/// What a run's calls may cost.
struct RecordBudget: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "With --record: tokens that the run may use, over all its starts: 250000, 2M.", valueName: "n"))
    var budgetTokens: AmountArgument?
    @Option(
        help: ArgumentHelp(
            "With --record: dollars that the run may cost, by the prices of --prices.", valueName: "x"))
    var budgetUsd: DollarArgument?
    @Option(
        help: "With --record: `hard` sets aside all that a call may use, and refuses calls that do not say.")
    var budgetMode: Reservation.Mode = .soft
    @Option(
        help: ArgumentHelp(
            "With --record: a file of prices, a line for each model: pattern, dollars for a million tokens in, out "
                + "and from a cache. $XDG_CONFIG_HOME/sidestep/prices when left out.",
            valueName: "file"))
    var prices: String?
    @Option(help: "With --record and a budget of money: what becomes of calls of a model without a price.")
    var unknownPrice: RecordArguments.Allow = .refuse
    @Flag(help: "With --record: ask for the usage of streams that are silent about it.")
    var usage = false

    /// As `resume` takes it; nil without one.
    var json: RawJSON? {
        guard budgetTokens != nil || budgetUsd != nil else { return nil }
        return .object { writer in
            writer.member("tokens", budgetTokens?.amount)
            writer.member("cost_micros", budgetUsd?.micros)
        }
    }

    /// Whether a run has a budget: of this command, or of one before it.
    ///
    /// - Parameter found: what `run.get` answers of it; asked for where this command names none.
    func isThere(in found: () throws -> RawJSON) rethrows -> Bool {
        try json != nil || found().present("budget")?.members.isEmpty == false
    }

    func add(to options: inout RecorderOptions, _ environment: Environment, hasBudget: Bool) throws {
        options.hasBudget = hasBudget || json != nil
        options.asksForUsage = usage || options.hasBudget
        options.budgetMode = budgetMode
        options.allowsUnknownPrices = unknownPrice == .allow || budgetUsd == nil
        options.prices = try table(environment)
    }

    private func table(_ environment: Environment) throws -> PriceTable? {
        let folder = environment["XDG_CONFIG_HOME"] ?? (environment["HOME"] ?? "") + "/.config"
        let place = prices ?? folder + "/sidestep/prices"
        guard let text = Self.read(place) else {
            guard prices == nil else {
                throw RecordArguments.wrong(
                    "the file of prices \(place) cannot be read: \(String(cString: strerror(errno)))",
                    "--prices names a file with a line for each model.")
            }
            return budgetUsd == nil ? nil : try? PriceTable(parsing: "")
        }
        do throws(PriceTable.Fault) {
            return try PriceTable(parsing: text)
        } catch {
            throw RecordArguments.wrong(
                "line \(error.line) of the file of prices \(place) cannot be read: \(error.message)",
                "A line is a pattern for models and the dollars for a million tokens in, out and from a cache."
            )
        }
    }

    private static func read(_ place: String) -> String? {
        guard let file = fopen(place, "re") else { return nil }
        defer { fclose(file) }
        var (text, chunk) = ([UInt8](), [UInt8](repeating: 0, count: 64 << 10))
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            guard count > 0 else { return String(decoding: text, as: UTF8.self) }
            text += chunk[..<count]
        }
    }
}

/// A number that may end in k or M.
struct AmountArgument: ExpressibleByArgument {
    let amount: Int64

    init?(argument: String) {
        let units: [(String, Double)] = [("k", 1e3), ("K", 1e3), ("m", 1e6), ("M", 1e6)]
        let (unit, factor) = units.first { argument.hasSuffix($0.0) } ?? ("", 1)
        guard let number = Double(argument.dropLast(unit.count)), number >= 0, number * factor < 1e15 else {
            return nil
        }
        amount = Int64(number * factor)
    }
}

/// Dollars, kept as millionths.
struct DollarArgument: ExpressibleByArgument {
    let micros: Int64
    let text: String

    init?(argument: String) {
        text = argument
        guard let number = Double(argument), number >= 0, number < 1e9 else { return nil }
        micros = Int64((number * 1e6).rounded())
    }
}
