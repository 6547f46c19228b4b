/// How long jobs that came alone have taken, which decides whose thread the next one is performed on.
///
/// On the caller's thread it saves two thread switches, and keeps everybody from that thread until the disk has it.
/// So it is worth it while a job and its commit take about as long as the switches, and no longer.
struct LonePace {
    /// What takes longer on an average is slow, nanoseconds.
    ///
    /// A sync takes 0.05 to 0.8 ms on memory behind a controller and on common solid-state disks, 2 to 100 ms on
    /// disks that turn and on disks under pressure.
    static let slowNanoseconds: Int64 = 1_000_000
    /// The mean goes on by this part of what is new: one outlier is forgotten within some commits.
    private static let part: Int64 = 8

    private var mean: Int64 = 0

    /// Whether the next one may keep other calls waiting.
    var isFast: Bool { mean <= Self.slowNanoseconds }

    /// Notes how long a job took, its commit included.
    mutating func note(nanoseconds: Int64) {
        mean += (nanoseconds - mean) / Self.part
    }
}
