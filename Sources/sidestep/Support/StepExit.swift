import Glibc
import Sidestep
import SidestepProtocol

/// What `sidestep step` ends with, and who said so.
enum StepExit {
    /// The command took longer than `--timeout` allows, as timeout(1) says it.
    static let timeout: Int32 = 124
    /// The command printed more than can be recorded. No status of timeout(1), env(1) or xargs(1).
    static let outputLimit: Int32 = 122

    /// Whose status it is.
    enum Source {
        case command
        case timeout
        case outputLimit
        /// Sidestep itself refused: the kind of the error.
        case sidestep(SidestepError.Kind)

        /// Of a recorded step: the type of its error, nil when it has succeeded.
        init(type: String?) {
            switch type {
            case "timeout": self = .timeout
            case "output_limit": self = .outputLimit
            default: self = .command
            }
        }
    }

    /// One line: whose status, the status, and of Sidestep's own the kind of the error.
    static func line(_ source: Source, _ status: Int32) -> String {
        switch source {
        case .command: "command \(status)"
        case .timeout: "timeout \(status)"
        case .outputLimit: "output_limit \(status)"
        case .sidestep(let kind): "sidestep \(status) \(kind)"
        }
    }

    /// Writes the line into a file; a file that cannot be written is said, and changes nothing.
    static func write(_ source: Source, _ status: Int32, to path: String?) {
        guard let path else { return }
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard file >= 0 else {
            return Output.complain("sidestep: --status-file \(path): \(String(cString: strerror(errno)))")
        }
        defer { close(file) }
        Output.write(Array((line(source, status) + "\n").utf8), to: file)
    }
}
