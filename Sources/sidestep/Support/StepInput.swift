import ArgumentParser
import Glibc
import Sidestep
import SidestepModel
import SidestepProtocol

/// Where the standard input of a step's command comes from.
///
/// A command in a `while read` loop would eat the loop's lines when it is executed, and not when it is replayed:
/// then other steps would run.
struct StepInput {
    enum Mode: String, CaseIterable, ExpressibleByArgument { case inherit, none, record }

    private let mode: Mode?
    /// All of our input, where it is recorded: it is read when the step is replayed, too, so that what comes after
    /// reads the same.
    let recorded: [UInt8]?
    private let file: Int32

    /// Bytes of input that are recorded at most: they go in a request of their own beside no output.
    static let limit = 8 << 20

    init(_ mode: Mode?) throws {
        self.mode = mode
        guard mode == .record else {
            (recorded, file) = (nil, -1)
            return
        }
        let bytes = StandardInput.all()
        guard bytes.count <= Self.limit else {
            throw SidestepError(
                .payloadTooLarge, "standard input is longer than the \(Self.limit) bytes that are recorded",
                hint: "let the command read a file, or do without --stdin record")
        }
        (recorded, file) = (bytes, try Self.file(with: bytes))
    }

    /// What tells this input from all others; nil where it is not recorded.
    var fingerprint: String? { recorded.map { "stdin:\(SHA256.hexDigest(of: $0))" } }

    /// The stream of the next attempt; nil for our own.
    func stream(step: String) -> ChildProcess.Stream? {
        guard let mode else { return usual(step) }
        switch mode {
        case .inherit: return nil
        case .none: return .nowhere
        case .record:
            lseek(file, 0, SEEK_SET)
            return .descriptor(file)
        }
    }

    private func usual(_ step: String) -> ChildProcess.Stream? {
        guard InputSource().isTheScripts else { return nil }
        if InputSource.isWaiting {
            Output.complain(
                "sidestep: step \(step): the command does not get the script's input; --stdin inherit gives it, "
                    + "--stdin none says that this is meant")
        }
        return .nowhere
    }

    /// Writes what is recorded besides the output.
    func write(to writer: inout JSONWriter) {
        guard let recorded else { return }
        writer.object("metadata") { writer in
            if let text = String(validating: recorded, as: UTF8.self) {
                writer.member("stdin", text)
            } else {
                writer.member("stdin_base64", Base64.encode(recorded))
            }
        }
    }

    private static func file(with bytes: [UInt8]) throws -> Int32 {
        guard let stream = tmpfile() else {
            throw SidestepError(
                .invalidArgument, "no temporary file can be made: \(String(cString: strerror(errno)))")
        }
        Output.write(bytes, to: fileno(stream))
        _ = fcntl(fileno(stream), F_SETFD, FD_CLOEXEC)
        return fileno(stream)
    }
}
