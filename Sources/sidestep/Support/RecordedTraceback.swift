import Sidestep
import SidestepProtocol

/// Where a program was when it failed, as its client recorded it: the member `traceback` of an error.
struct RecordedTraceback {
    /// The innermost calls are the last lines.
    private static let lineLimit = 20
    private static let lineLength = 200
    /// Of one run: a loop that fails a thousand times fails alike.
    private static let countLimit = 3

    private let title: String
    private let text: String

    private init?(_ title: String, _ error: RawJSON?) {
        guard let text = error?["traceback"]?.string, !text.isEmpty else { return nil }
        let type = error?["type"]?.string.map { " (\($0))" } ?? ""
        self.title = "Traceback of \(title)\(type), its last lines:"
        self.text = text
    }

    /// What a run (`run.get`) and its steps have failed with, each text once.
    static func all(of run: RawJSON, _ steps: [RawJSON]) -> [RecordedTraceback] {
        let step = run["error"]?["step"]?.string.map { "step \($0)" }
        var found = [RecordedTraceback(step ?? "the run", run["error"])].compactMap { $0 }
        for step in steps {
            guard found.count < countLimit else { break }
            guard let next = RecordedTraceback("step \(step["step"]?.string ?? "")", step["error"]) else {
                continue
            }
            if !found.contains(where: { $0.text == next.text }) { found.append(next) }
        }
        return found
    }

    /// Prints it below an empty line.
    func print() {
        Output.line("\n" + Self.shown(title))
        let lines = text.split(whereSeparator: \.isNewline)
        if lines.count > Self.lineLimit { Output.line("  …") }
        for line in lines.suffix(Self.lineLimit) { Output.line(Self.shown(line)) }
    }

    /// A line that a terminal takes for nothing but text.
    private static func shown(_ line: some StringProtocol) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in line.unicodeScalars.prefix(lineLength) {
            let isControl = scalar.properties.generalCategory == .control && scalar != "\t"
            shown.append(isControl ? "\u{FFFD}" : scalar)
        }
        return String(shown)
    }
}
