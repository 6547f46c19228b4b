/// The line of `/proc/PID/stat`, as far as we read it: proc(5).
struct ProcessLine: Equatable {
    var state: Character
    var parent: Int32
    var group: Int32
    var threads: Int
    /// Clock ticks after boot.
    var startTicks: Int64

    /// - Returns: nil for what is no such line.
    init?(_ text: String) {
        // The command's name may hold spaces and parentheses, so the fields begin behind the last one.
        guard let close = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: close)...].split(separator: " ")
        guard fields.count > 19, let state = fields[0].first, let parent = Int32(fields[1]),
            let group = Int32(fields[2]), let threads = Int(fields[17]), let start = Int64(fields[19])
        else { return nil }
        (self.state, self.parent, self.group, self.threads) = (state, parent, group, threads)
        startTicks = start
    }

    /// Whether more than a corpse is left. A first thread that has ended is shown as one, while others go on.
    var isAlive: Bool { state != "Z" && state != "X" && state != "x" || threads > 1 }
}
