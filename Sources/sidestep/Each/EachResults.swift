import Glibc
import Sidestep
import SidestepProtocol

/// What became of the lines, printed in their order.
///
/// Order costs memory: what ended before a slow line waits for it, up to a limit at which no more is begun.
struct EachResults {
    private let isJSON: Bool
    private let isShown: Bool
    private var ready: [Int: [UInt8]] = [:]
    private var next = 0
    private var heldBytes = 0
    private(set) var repeated = 0
    private(set) var completed = 0
    private var failed: [(line: String, status: Int)] = []

    /// - Parameter isShown: whether the progress may be shown, on a terminal.
    init(json: Bool, isShown: Bool) {
        isJSON = json
        self.isShown = isShown && isatty(2) == 1
    }

    /// Bytes of output that wait for a line before them.
    private static let mostHeld = 64 << 20
    /// The highest exit status that counts failures; those above are our own.
    private static let highestCount = 63

    var hasRoom: Bool { heldBytes < Self.mostHeld }
    var hasFailed: Bool { !failed.isEmpty }
    /// How many lines failed, as an exit status.
    var status: Int32 { Int32(min(failed.count, Self.highestCount)) }

    /// A line has its result: `record` is the output or the error of its step.
    mutating func settle(_ item: EachItem, _ record: RawJSON, isFailure: Bool, isRepeated: Bool) {
        let recorded = StepRecordText(record, json: false)
        if isFailure {
            failed.append((EachItem.text(item.line), recorded.status))
        } else if isRepeated {
            repeated += 1
        } else {
            completed += 1
        }
        let text = isJSON ? Self.json(item, record, isFailure, isRepeated) : recorded.output
        ready[item.place] = text
        heldBytes += text.count
        while let text = ready.removeValue(forKey: next) {
            heldBytes -= text.count
            next += 1
            guard !text.isEmpty else { continue }
            clear()
            Output.print(text)
        }
    }

    private static func json(_ item: EachItem, _ record: RawJSON, _ isFailure: Bool, _ isRepeated: Bool)
        -> [UInt8]
    {
        let object = RawJSON.object { writer in
            writer.member("line", EachItem.text(item.line))
            writer.member("step", item.step)
            writer.member("status", isFailure ? "failed" : "completed")
            writer.member("replayed", isRepeated)
            writer.member(isFailure ? "error" : "output", record)
        }
        return Array(object.bytes) + [10]
    }

    // MARK: - For people

    /// Shows how far it is, where somebody looks.
    func show(running: Int, began: ContinuousClock.Instant) {
        guard isShown else { return }
        let seconds = Double((ContinuousClock.now - began).milliseconds) / 1000
        var parts = ["\(completed) done"]
        if seconds >= 1 { parts[0] += " (\(Int(Double(completed) / seconds))/s)" }
        if repeated > 0 { parts.append("\(repeated) were done before") }
        if hasFailed { parts.append("\(failed.count) failed") }
        parts.append("\(running) running")
        Output.write("\r\u{1B}[K\(parts.joined(separator: ", "))".utf8, to: 2)
    }

    private func clear() { if isShown { Output.write("\r\u{1B}[K".utf8, to: 2) } }

    /// How many failures are named.
    private static let mostNamed = 5

    /// Says what failed; that all went well nobody needs to be told.
    func tell(_ name: String, run: String) {
        clear()
        guard hasFailed else { return }
        let count = repeated + completed + failed.count
        Output.complain("sidestep: \(name): \(failed.count) of \(count) lines failed")
        for (line, status) in failed.prefix(Self.mostNamed) { Output.complain("  \(line): status \(status)") }
        if failed.count > Self.mostNamed { Output.complain("  …") }
        Output.complain(
            "  hint: they run again when the script is started again; `sidestep show \(run)` has what was recorded"
        )
    }
}
