import Glibc

/// The line of `/proc/PID/stat`, as far as we read it: proc(5).
struct ProcessLine: Equatable {
    var state: Character
    var parent: Int32
    var group: Int32
    var threads: Int
    /// The kernel's PF_… of its first thread: linux/sched.h.
    var flags: UInt64
    /// The signals, a bit each, that wait for its first thread.
    var pending: UInt64
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
        flags = UInt64(fields[6]) ?? 0
        pending = fields.count > 28 ? UInt64(fields[28]) ?? 0 : 0
    }

    /// Whether more than a corpse is left. A first thread that has ended is shown as one, while others go on.
    var isAlive: Bool { !isFirstThreadDead || threads > 1 }

    /// Whether it has begun to end, or is about to: nothing of its program is carried out any more, and what it has
    /// (memory, files, locks) is given back one after the other, which takes the kernel a while.
    ///
    /// True of a program, too, whose first thread ended by itself while others go on: ask it of programs that do not.
    var isEnding: Bool {
        isFirstThreadDead || flags & Self.exiting != 0 || pending & (1 << UInt64(SIGKILL - 1)) != 0
    }

    private var isFirstThreadDead: Bool { state == "Z" || state == "X" || state == "x" }

    /// PF_EXITING.
    private static let exiting: UInt64 = 0x4
}
