import Glibc
import SidestepEngine
import SidestepModel

/// What proc(5) says of processes.
public enum ProcessTable {
    struct Status: Equatable {
        /// proc(5): R, S, D, T …
        var state: Character
        var parent: Int32
        var startTicks: Int64
        var uid: UInt32
    }

    /// nil when there is no such process, or only its corpse.
    static func status(of pid: Int32) -> Status? {
        guard pid > 0, let text = read("/proc/\(pid)/stat"), let fields = fields(text), fields.state != "Z"
        else {
            return nil
        }
        var info = stat()
        guard stat("/proc/\(pid)", &info) == 0 else { return nil }
        return Status(
            state: fields.state.first!, parent: fields.parent, startTicks: fields.start, uid: info.st_uid)
    }

    /// The process `pid` if it is `descendant` itself or one of its ancestors.
    static func ancestor(_ pid: Int32, of descendant: Int32) -> ProcessIdentity? {
        var current = descendant
        for _ in 0..<64 {
            guard let status = status(of: current) else { return nil }
            if current == pid { return ProcessIdentity(pid: pid, startTicks: status.startTicks) }
            current = status.parent
        }
        return nil
    }

    /// The boot's own id: start times of another boot mean nothing.
    public static var bootID: String {
        read("/proc/sys/kernel/random/boot_id").map { String($0.prefix { $0 != "\n" }) } ?? "unknown"
    }

    /// The command's name may hold spaces and parentheses, so the fields begin behind the last one.
    static func fields(_ text: String) -> (state: Substring, parent: Int32, start: Int64)? {
        guard let close = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: close)...].split(separator: " ")
        guard fields.count > 19, let parent = Int32(fields[1]), let start = Int64(fields[19]) else {
            return nil
        }
        return (fields[0], parent, start)
    }

    private static func read(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : nil
    }
}

/// Looks at processes for the engine.
public struct ProcessLook: ProcessLooking {
    public init() {}

    public func isStopped(_ process: ProcessIdentity) -> Bool {
        guard let status = ProcessTable.status(of: process.pid), status.startTicks == process.startTicks
        else {
            return false
        }
        // Upper case is a signal's stop, lower case a debugger's.
        return status.state == "T" || status.state == "t"
    }
}
