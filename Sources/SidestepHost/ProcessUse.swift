import Glibc

/// What this process uses of the machine.
public struct ProcessUse: Sendable {
    /// Seconds that its threads had a processor, in its own code and in the kernel: getrusage(2).
    public let processorSeconds: Double
    /// Bytes of its memory that are not swapped out: proc(5), `/proc/self/statm`; 0 where that cannot be read.
    public let residentBytes: Int
    /// Its open descriptors: proc(5), `/proc/self/fd`; 0 where that cannot be read.
    public let descriptors: Int

    /// What it uses now.
    public static var own: ProcessUse {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return ProcessUse(
            processorSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime), residentBytes: resident,
            descriptors: openDescriptors)
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1e6
    }

    /// The second number of `statm`, in pages.
    private static var resident: Int {
        let pages = ProcessTable.read("/proc/self/statm")?.split(separator: " ").dropFirst().first
        return (pages.flatMap { Int($0) } ?? 0) * sysconf(Int32(_SC_PAGESIZE))
    }

    private static var openDescriptors: Int {
        guard let folder = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Neither `.` and `..`, nor the folder's own.
        return max(0, count - 3)
    }
}
