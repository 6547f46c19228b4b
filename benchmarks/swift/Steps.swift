import Sidestep
import Synchronization

/// Steps of 1 KiB as fast as they go, as `load.c steps` makes them, with the Swift client.
///
///     sidestep-steps SOCKET RUNS SECONDS
///
/// One client, and so many runs at the same time. Prints steps a second, p50 and p99 in microseconds, and the number of
/// steps.
@main
struct Steps {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let (runs, seconds) = (Int(arguments[2])!, Double(arguments[3])!)
        let client = try await SidestepClient.connect(.init(socket: arguments[1], autostart: false))
        let output = String(repeating: "x", count: 1024)
        let mine = "swift-\(ContinuousClock.now.hashValue)"
        let start = ContinuousClock.now
        let end = start + .seconds(seconds)
        let samples = try await withThrowingTaskGroup(of: [Duration].self) { group in
            for number in 0..<runs {
                group.addTask {
                    try await client.withRun("\(mine)-\(number)") { run in
                        try await work(run, output, until: end)
                    }
                }
            }
            var samples: [Duration] = []
            for try await some in group { samples += some }
            return samples
        }
        let took = ContinuousClock.now - start
        report(samples.sorted(), took)
    }

    private static func work(
        _ run: Run, _ output: String, until end: ContinuousClock.Instant
    ) async throws -> [Duration] {
        var samples: [Duration] = []
        var now = ContinuousClock.now
        for number in 1... {
            let before = now
            let _: String = try await run.step("step-\(number)") { output }
            now = ContinuousClock.now
            samples.append(now - before)
            if now >= end { break }
        }
        return samples
    }

    private static func report(_ samples: [Duration], _ took: Duration) {
        let (median, high) = (samples[samples.count / 2], samples[samples.count * 99 / 100])
        let rate = Double(samples.count) / (took / .seconds(1))
        print(Int(rate), micros(median), micros(high), samples.count)
    }

    private static func micros(_ duration: Duration) -> Int { Int(duration / .microseconds(1)) }
}
