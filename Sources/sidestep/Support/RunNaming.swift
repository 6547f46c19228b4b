import ArgumentParser
import Glibc
import Sidestep
import SidestepHost
import SidestepProtocol

/// Names that scripts need not make up: one run a day, one run for each commit.
struct RunNaming: ParsableArguments {
    @Flag(help: "One run a day: the id is the script's name, or the one given, and the date here.")
    var daily = false
    @Flag(
        help: "One run for each commit of git: the id is the script's name, or the one given, and the commit."
    )
    var perCommit = false

    func validate() throws {
        if daily && perCommit { throw ValidationError("--daily and --per-commit exclude each other") }
    }

    /// A run as it was named.
    struct Named {
        var id: String
        var workflow: String
        /// What keeps two scripts of one name apart; nil where a name was given.
        var input: RawJSON?
    }

    /// The name of the run; nil when neither was asked for.
    ///
    /// - Parameter name: the first part; nil for the script's own name.
    func named(_ name: String?, owner: Int32) throws -> Named? {
        guard daily || perCommit else { return nil }
        let script = name == nil ? ScriptName.path(of: owner) : nil
        guard let base = name ?? script.map(ScriptName.base) else {
            throw SidestepError(
                .invalidArgument, "there is no script to name the run by",
                hint: "give a name: eval \"$(sidestep start backup \(daily ? "--daily" : "--per-commit"))\"")
        }
        let suffix = try daily ? Self.today : Self.commit()
        return Named(
            id: "\(base)-\(suffix)", workflow: base,
            input: daily ? script.map { path in .object { $0.member("script", path) } } : nil)
    }

    /// An error of the daemon, with what helps when a name was made up here.
    func explained(_ error: SidestepError) -> SidestepError {
        var error = error
        if daily && error.kind == .runConflict {
            error.hint =
                "another script of this name has the run: give this one a name: sidestep start NAME --daily"
        }
        return error
    }

    /// The date here, as `2026-01-31`.
    static var today: String {
        var (seconds, parts) = (time(nil), tm())
        localtime_r(&seconds, &parts)
        let numbers = [Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)]
        return numbers.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: "-")
    }

    /// The commit of the directory, or the one that a CI names where there is no git.
    static func commit() throws -> String {
        let environment = Environment.current
        let named = environment["CI_COMMIT_SHA"] ?? environment["GITHUB_SHA"]
        guard let commit = ProgramOutput.line(["git", "rev-parse", "HEAD"]) ?? named else {
            throw SidestepError(
                .invalidArgument, "the commit is not known: `git rev-parse HEAD` gives none here",
                hint: "call it in a checkout, or give the whole id: sidestep start NAME-COMMIT")
        }
        return String(commit.prefix(commitDigits))
    }

    /// Digits of a commit in an id.
    private static let commitDigits = 12
}

/// The script that a process executes.
enum ScriptName {
    /// Its path; nil when the process executes none that can be seen.
    static func path(of process: Int32) -> String? {
        for word in arguments(of: process).dropFirst() {
            // What follows `-c` is a program's text, and no file.
            if isCommandOption(word) { return nil }
            if !word.hasPrefix("-"), let path = file(word, in: folder(of: process)) { return path }
        }
        return nil
    }

    /// The path of a regular file, the same whatever way it was named; nil for what is none, as the value of an option.
    private static func file(_ name: String, in folder: String) -> String? {
        guard let path = realpath(name.hasPrefix("/") ? name : folder + "/" + name, nil) else { return nil }
        defer { free(path) }
        var info = stat()
        return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFREG ? String(cString: path) : nil
    }

    /// The name without folder and ending.
    static func base(_ path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let endings = [".sh", ".bash", ".zsh", ".ksh"]
        return endings.first { name.hasSuffix($0) && name.count > $0.count }.map {
            String(name.dropLast($0.count))
        } ?? name
    }

    private static func isCommandOption(_ word: String) -> Bool {
        word.hasPrefix("-") && !word.hasPrefix("--") && word.contains("c")
    }

    private static func arguments(of process: Int32) -> [String] {
        let file = open("/proc/\(process)/cmdline", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return [] }
        defer { close(file) }
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        let count = read(file, &chunk, chunk.count)
        return chunk.prefix(max(0, count)).split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func folder(of process: Int32) -> String {
        var path = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = path.withUnsafeMutableBytes {
            readlink("/proc/\(process)/cwd", $0.baseAddress!, $0.count)
        }
        return String(decoding: path.prefix(max(0, count)), as: UTF8.self)
    }
}

/// What other programs say.
enum ProgramOutput {
    /// The first line that a program prints; nil when it fails, or prints none.
    static func line(_ arguments: [String]) -> String? {
        guard let (reader, writer) = Spawning.pipe() else { return nil }
        defer { close(reader) }
        let child = ChildProcess.start(
            arguments, .current, streams: [0: .nowhere, 1: .descriptor(writer), 2: .nowhere]
        ).child
        close(writer)
        guard let child else { return nil }
        var (text, chunk) = ([UInt8](), [UInt8](repeating: 0, count: 4096))
        while true {
            let count = read(reader, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            text += chunk[..<count]
        }
        guard let end = try? child.wait(), end.status == 0 else { return nil }
        return text.split(separator: 10).first.map { String(decoding: $0, as: UTF8.self) }
    }
}
