import Glibc

/// One of the processes that proc(5) shows.
struct ProcessScan {
    let pid: Int32
    let line: ProcessLine

    /// Those that live; nil when there is no /proc.
    static func living() -> [ProcessScan]? { all()?.filter(\.line.isAlive) }

    /// All of them; nil when there is no /proc.
    static func all() -> [ProcessScan]? {
        guard let directory = opendir("/proc") else { return nil }
        defer { closedir(directory) }
        var found: [ProcessScan] = []
        var isProc = false
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "self" { isProc = true }
            guard let pid = Int32(name), let line = ProcessTable.line(of: pid) else { continue }
            found.append(ProcessScan(pid: pid, line: line))
        }
        return isProc ? found : nil
    }

    /// Its mark: that in its environment, as it was when its program began, and that of a file it holds open. Those of
    /// our own user can be read.
    var mark: ProcessMark? {
        guard let held = heldWord else { return environmentMark }
        return (environmentMark ?? ProcessMark(nil)).adding(held)
    }

    private var environmentMark: ProcessMark? {
        let name = Array("\(ProcessMark.variable)=".utf8)
        let file = "/proc/\(pid)/environ"
        guard let environment = KernelFile.bytes(of: file, most: Self.environmentBytes, piece: 4096) else {
            return nil
        }
        let entry = environment.split(separator: 0).first { $0.starts(with: name) }
        return entry.map { ProcessMark(String(decoding: $0.dropFirst(name.count), as: UTF8.self)) }
    }

    /// The word of the file that sidestep.sh gives to a step's body as descriptor 7: a function of a shell is a copy of
    /// the shell, with an environment that says nothing of the step.
    private var heldWord: String? {
        var target = [UInt8](repeating: 0, count: 4096)
        let count = readlink("/proc/\(pid)/fd/7", &target, target.count)
        return count > 0 ? ProcessMark.word(ofFile: String(decoding: target[..<count], as: UTF8.self)) : nil
    }

    /// The largest environment looked at, bytes; ours stands near its beginning.
    private static let environmentBytes = 256 << 10
}
