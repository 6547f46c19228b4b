/// The screen of `sidestep top` as lines, of what is known and how large the terminal is.
struct TopScreen {
    let state: TopState
    let width: Int
    let height: Int
    /// The place of the chosen row among all rows.
    let chosen: Int
    /// The last line: a question, or what came of the last key; the keys when it is empty.
    let message: String
    /// What is shown in place of the lists; nil for none.
    let page: [String]?

    static let keys = "j k move  enter open  a approve  d deny  c cancel  p pause  r retry  ? help  q quit"

    /// As many lines as the terminal has; the chosen one is marked.
    func lines(hasColour: Bool) -> [String] {
        let body = page ?? list(hasColour)
        let room = max(1, height - 3)
        let top = page == nil ? max(0, chosenLine - room + 2) : 0
        var shown = Array(body.dropFirst(top).prefix(room)).map { cut($0) }
        while shown.count < room { shown.append("") }
        return [cut(head), ""] + shown + [cut(message.isEmpty ? Self.keys : message)]
    }

    private var head: String {
        if let problem = state.problem { return "sidestep top  \(problem)" }
        let counts = state.counts.filter { $0.count > 0 }.map { "\($0.status) \($0.count)" }.joined(
            separator: "  ")
        let spent = state.spent.isEmpty ? "" : "  |  last 24 h: \(state.spent)"
        return "sidestep top  \(counts.isEmpty ? "no runs" : counts)\(spent)"
    }

    private func list(_ hasColour: Bool) -> [String] {
        var lines = ["NEEDS YOU"] + rows(state.needs, from: 0, hasColour)
        if state.needs.isEmpty { lines.append("  nothing") }
        lines += ["", "RUNNING"] + rows(state.running, from: state.needs.count, hasColour)
        if state.running.isEmpty { lines.append("  nothing: `sidestep run -- PROGRAM` starts something") }
        return lines
    }

    private func rows(_ rows: [TopRow], from first: Int, _ hasColour: Bool) -> [String] {
        let room = min(40, rows.map(\.run.count).max() ?? 0)
        return rows.enumerated().map { index, row in
            let isChosen = first + index == chosen
            let run = row.run.count > room ? String(row.run.prefix(room - 1)) + "…" : row.run
            let age = row.since.map { "  \(RelativeTime.ago($0))" } ?? ""
            let words = pad(row.word, 8) + pad(run, room) + row.text + age
            let line = (isChosen ? "> " : "  ") + words
            return isChosen && hasColour ? "\u{1B}[7m" + cut(line) + "\u{1B}[0m" : line
        }
    }

    /// Where the chosen row stands among the lines of the list.
    private var chosenLine: Int {
        let needs = max(1, state.needs.count)
        return chosen < state.needs.count ? 1 + chosen : 1 + needs + 2 + (chosen - state.needs.count)
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count) + 2)
    }

    /// What fits the terminal; a line that is marked by colour was cut before.
    private func cut(_ line: String) -> String {
        line.hasPrefix("\u{1B}") || line.count <= width ? line : String(line.prefix(max(1, width - 1))) + "…"
    }
}
