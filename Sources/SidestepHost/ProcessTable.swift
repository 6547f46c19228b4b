import Glibc
import SidestepModel

/// What the kernel says of processes: proc(5), and kill(2) where that tells nothing.
public enum ProcessTable {
    /// What proc(5) says of a process that lives.
    public struct Status: Sendable, Equatable {
        /// The process that it is a child of.
        public var parent: Int32
        /// When it was started, in ticks since the machine was.
        public var startTicks: Int64
        /// Whose rights it has.
        public var uid: UserID
    }

    /// What is known of a number.
    public enum Finding: Sendable, Equatable {
        /// No process has it, or only a corpse that nobody has waited for.
        case ended
        case lives(Status)
        /// It may be in use, and no more is known: /proc is not mounted, hides what belongs to others
        /// (hidepid), or there is no descriptor left to read it with.
        case hidden
    }

    /// Looks at a number. Only the kernel's word "no such process" is an end; all else that fails is none.
    public static func look(at pid: Int32) -> Finding {
        // unix(7): what a peer in another pid namespace has for a number.
        guard pid > 0 else { return .hidden }
        var info = stat()
        if let line = line(of: pid), stat("/proc/\(pid)", &info) == 0 {
            guard line.isAlive else { return .ended }
            return .lives(Status(parent: line.parent, startTicks: line.startTicks, uid: UserID(info.st_uid)))
        }
        return kill(pid, 0) != 0 && errno == ESRCH ? .ended : .hidden
    }

    /// What proc(5) says of a process; nil when it has ended, or nothing is said of it.
    public static func status(of pid: Int32) -> Status? {
        if case .lives(let status) = look(at: pid) { status } else { nil }
    }

    /// Whether this very process has ended; of one that nothing is known of it is not said.
    public static func hasEnded(_ process: ProcessIdentity) -> Bool {
        if process.startTicks == ProcessIdentity.endedTicks { return true }
        return switch look(at: process.pid) {
        case .ended: true
        case .hidden: false
        case .lives(let status): process.isStartKnown && status.startTicks != process.startTicks
        }
    }

    /// Whether a process has ended or is about to: a killed one has its locks and its sockets until the kernel has
    /// taken all of its memory and the last of its threads, and is a corpse before that to those who only look.
    public static func isEnding(_ pid: Int32) -> Bool {
        if case .ended = look(at: pid) { return true }
        return line(of: pid)?.isEnding ?? false
    }

    /// Whether this very process is stopped: it lives and does nothing, until somebody lets it go on.
    public static func isStopped(_ process: ProcessIdentity) -> Bool {
        guard let line = line(of: process.pid), !process.isStartKnown || line.startTicks == process.startTicks
        else { return false }
        // Upper case is a signal's stop, lower case a debugger's.
        return line.state == "T" || line.state == "t"
    }

    /// The process `pid` if it is `descendant` itself or one of its ancestors.
    public static func ancestor(_ pid: Int32, of descendant: Int32) -> ProcessIdentity? {
        var current = descendant
        for _ in 0..<64 {
            guard let status = status(of: current) else { return nil }
            if current == pid { return ProcessIdentity(pid: pid, startTicks: status.startTicks) }
            current = status.parent
        }
        return nil
    }

    /// Children of ours that have ended and that nobody has waited for.
    public static var corpses: [Int32] {
        (ProcessScan.all() ?? []).filter { $0.line.parent == getpid() && !$0.line.isAlive }.map(\.pid)
    }

    static func line(of pid: Int32) -> ProcessLine? { read("/proc/\(pid)/stat").flatMap(ProcessLine.init) }

    /// The boot's own id: start times of another boot mean nothing.
    public static var bootID: String {
        read("/proc/sys/kernel/random/boot_id").map { String($0.prefix { $0 != "\n" }) } ?? "unknown"
    }

    static func read(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : nil
    }
}
