import FoundationEssentials
import Glibc
import Sidestep

/// Works through the text files of a directory: one durable step per file, one that sums up.
///
///     sidestep-example-files DIR RUN EFFECTS [DELAY_SECONDS]
///
/// Kill it at any moment and start it again with the same arguments: it goes on after the last finished file.
/// Every execution of a step's body leaves a line in EFFECTS, so a repetition would be seen there.
@main
struct Files {
    let directory: String
    let run: String
    let effects: String
    let delay: Duration

    static func main() async {
        guard let files = Files(CommandLine.arguments) else {
            print("usage: sidestep-example-files DIR RUN EFFECTS [DELAY_SECONDS]")
            exit(64)
        }
        do {
            print(try await files.work())
        } catch {
            print("stopped: \(error)")
            exit(1)
        }
    }

    init?(_ arguments: [String]) {
        guard (4...5).contains(arguments.count) else { return nil }
        (directory, run, effects) = (arguments[1], arguments[2], arguments[3])
        delay = .seconds(arguments.count == 5 ? Double(arguments[4]) ?? 0 : 0)
    }

    /// What is known of one file.
    struct Count: Codable, Sendable {
        let words: Int
    }

    /// How far the run is.
    struct Progress: Codable, Sendable {
        var files = 0
        var words = 0
    }

    func work() async throws -> String {
        let sidestep = try await SidestepClient.connect()
        return try await sidestep.workflow("files", run: run, input: directory) { run in
            // Which files there are is a result, too: a file that comes later must not change the order of
            // this run.
            let names = try await run.step("list") { try textFiles() }
            var progress = Progress()
            for name in names {
                let counted = try await run.step("count:\(name)", options: .retry(.attempts(3))) {
                    try await count(name)
                }
                progress.files += 1
                progress.words += counted.words
                try await run.checkpoint(state: progress, stepNumber: progress.files)
            }
            let total = progress
            return try await run.step("summary") {
                try note("summary: \(total.files) files, \(total.words) words")
                return "\(total.files) files, \(total.words) words"
            }
        }
    }

    private func textFiles() throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: directory)
        return names.filter { $0.hasSuffix(".txt") || $0.hasSuffix(".md") }.sorted()
    }

    /// The expensive part: reads a file, and says so.
    private func count(_ name: String) async throws -> Count {
        try await Task.sleep(for: delay)
        let text = String(
            decoding: try Data(contentsOf: URL(filePath: "\(directory)/\(name)")), as: UTF8.self)
        let count = Count(words: text.split(whereSeparator: \.isWhitespace).count)
        try note("\(name): \(count.words) words")
        return count
    }

    /// An effect on the world outside: a line in a file.
    private func note(_ line: String) throws {
        guard let file = fopen(effects, "a") else { throw CocoaError(.fileWriteUnknown) }
        defer { fclose(file) }
        fputs(line + "\n", file)
        print(line)
    }
}
