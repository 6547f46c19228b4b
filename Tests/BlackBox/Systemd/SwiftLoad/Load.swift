import Glibc
import Sidestep

/// Clients at work until their standard input ends, as `load.py`, with the Swift client: every step is noted when it
/// runs and when it is acknowledged.
///
///     sidestep-load SOCKET CLIENTS
///
/// Lines on standard output: `ran RUN STEP`, `told RUN STEP`, `error RUN TEXT`.
@main
struct Load {
    static func main() async throws {
        let (socket, clients) = (CommandLine.arguments[1], Int(CommandLine.arguments[2])!)
        let working = Task {
            await withTaskGroup(of: Void.self) { group in
                for number in 1...clients { group.addTask { await work(socket, "swift-\(number)") } }
            }
        }
        await inputsEnd()
        working.cancel()
        await working.value
    }

    private static func work(_ socket: String, _ name: String) async {
        do {
            let client = try await SidestepClient.connect(.init(socket: socket, autostart: false))
            try await client.withRun(name) { run in
                for number in 1... {
                    let step = "s\(number)"
                    try await run.step(step) { note("ran", name, step) }
                    note("told", name, step)
                    try Task.checkCancellation()
                }
            }
        } catch is CancellationError {
        } catch {
            note("error", name, "\(error)")
        }
    }

    /// One write for one line: those of many tasks do not mix.
    private static func note(_ words: String...) {
        let line = Array("\(words.joined(separator: " "))\n".utf8)
        _ = write(STDOUT_FILENO, line, line.count)
    }

    /// Waits on a thread of its own, not on one of the pool.
    private static func inputsEnd() async {
        await withCheckedContinuation { continuation in
            let box = Unmanaged.passRetained(Waiting(continuation))
            var thread = pthread_t()
            pthread_create(
                &thread, nil,
                { context in
                    var byte: UInt8 = 0
                    while read(STDIN_FILENO, &byte, 1) > 0 {}
                    Unmanaged<Waiting>.fromOpaque(context!).takeRetainedValue().continuation.resume()
                    return nil
                }, box.toOpaque())
        }
    }

    private final class Waiting {
        let continuation: CheckedContinuation<Void, Never>
        init(_ continuation: CheckedContinuation<Void, Never>) { self.continuation = continuation }
    }
}
