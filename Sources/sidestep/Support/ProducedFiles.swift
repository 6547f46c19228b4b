import ArgumentParser
import CShims
@preconcurrency import Glibc
import Sidestep
import SidestepProtocol

/// Files that a step makes: its result, however large.
struct ProducedFiles: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A file that the command makes; the step runs again when it is missing or changed. May be repeated.",
            valueName: "file"))
    var produces: [String] = []

    func validate() throws {
        if produces.contains("") { throw ValidationError("--produces wants the name of a file") }
    }

    /// Why the files are not those of a record; nil when they are, or when there is no record.
    func problem(_ record: RawJSON?) -> String? {
        guard let record else { return nil }
        let recorded = record["produces"]?.elements ?? []
        for name in produces {
            let path = Self.absolute(name)
            guard let entry = recorded.first(where: { $0["path"]?.string == path }) else {
                return "\(name) was not among its files"
            }
            if let problem = ProducedFile(path).difference(from: entry) { return "\(name) \(problem)" }
        }
        return nil
    }

    /// Why one of the files of a record is not what it was; nil when all are, or there are none.
    static func problem(ofAll record: RawJSON) -> String? {
        for entry in record["produces"]?.elements ?? [] {
            guard let path = entry["path"]?.string, let problem = ProducedFile(path).difference(from: entry)
            else {
                continue
            }
            return "\(path) \(problem)"
        }
        return nil
    }

    /// What a command that succeeded has made, on disk by now; or what is missing.
    func look() -> (files: [RawJSON], problem: String?) {
        var files: [RawJSON] = []
        for name in produces {
            switch ProducedFile(Self.absolute(name)).record() {
            case .success(let record): files.append(record)
            case .failure(let problem): return (files, "the command did not make \(name): \(problem.text)")
            }
        }
        return (files, nil)
    }

    /// The files of a record as people read them; nil when it has none.
    static func text(_ record: RawJSON) -> String? {
        guard let files = record["produces"]?.elements, !files.isEmpty else { return nil }
        return files.map { file in
            let name = file["path"]?.string?.split(separator: "/").last.map(String.init) ?? ""
            let digits = (file["sha256"]?.string ?? "").prefix(8)
            return "\(name) (\(ByteCount.text(file["size_bytes"]?.int ?? 0)), sha256 \(digits)…)"
        }.joined(separator: ", ")
    }

    private static func absolute(_ name: String) -> String {
        RunCommand.absolute(name)
    }
}

/// One file that a step makes.
private struct ProducedFile {
    struct Problem: Error { let text: String }

    private let path: String

    init(_ path: String) { self.path = path }

    /// Bytes read at a time.
    private static let chunk = 1 << 20

    /// Why it is not what was recorded; nil when it is. It is read only when its times are others: nobody can set the
    /// time of the last change of a file's inode.
    func difference(from entry: RawJSON) -> String? {
        var info = stat()
        guard stat(path, &info) == 0 else { return "is missing" }
        guard info.st_size == entry["size_bytes"]?.int ?? -1 else { return "has another size" }
        if Self.changed(info) == entry["changed_ns"]?.int { return nil }
        guard case .success(let digest) = digest(syncing: false) else { return "cannot be read" }
        return digest == entry["sha256"]?.string ? nil : "has another content"
    }

    /// Its size, times and checksum.
    func record() -> Result<RawJSON, Problem> {
        var info = stat()
        guard stat(path, &info) == 0 else { return .failure(Problem(text: String(cString: strerror(errno)))) }
        guard info.st_mode & S_IFMT == S_IFREG else { return .failure(Problem(text: "it is no file")) }
        return digest(syncing: true).map { digest in
            .object { writer in
                writer.member("path", path)
                writer.member("size_bytes", info.st_size)
                writer.member("modified_at", info.st_mtim.tv_sec * 1000 + info.st_mtim.tv_nsec / 1_000_000)
                writer.member("changed_ns", Self.changed(info))
                writer.member("sha256", digest)
            }
        }
    }

    private static func changed(_ info: stat) -> Int {
        let (product, overflow) = info.st_ctim.tv_sec.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? 0 : product &+ info.st_ctim.tv_nsec
    }

    /// - Parameter syncing: whether it is to be on disk before anybody records that it is there, and its name, too.
    private func digest(syncing: Bool) -> Result<String, Problem> {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return .failure(Problem(text: String(cString: strerror(errno)))) }
        defer { close(file) }
        if syncing {
            guard fsync(file) == 0 else { return .failure(Problem(text: String(cString: strerror(errno)))) }
            syncFolder()
        }
        var (hash, chunk) = (SHA256(), [UInt8](repeating: 0, count: Self.chunk))
        while true {
            let count = read(file, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return .failure(Problem(text: String(cString: strerror(errno)))) }
            if count == 0 { return .success(hash.hexDigest()) }
            hash.update(chunk[..<count])
        }
    }

    private func syncFolder() {
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let folder = open(parent.isEmpty ? "/" : parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        _ = fsync(folder)
        close(folder)
    }
}
