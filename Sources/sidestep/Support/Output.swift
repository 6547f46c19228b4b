import ArgumentParser
import Glibc
import Sidestep

/// Text on its way out.
enum Output {
    /// Prints a line to standard output.
    static func line(_ text: String) { print((text + "\n").utf8) }

    /// Prints to standard output; ends the program where that cannot take it, so that half a result is no success.
    ///
    /// A reader that went away has what it wanted.
    static func print(_ bytes: some Collection<UInt8>) {
        do { try deliver(bytes) } catch { exit(error.rawValue) }
    }

    /// The same for who has something to set right before the program ends with this status.
    static func deliver(_ bytes: some Collection<UInt8>) throws(ExitCode) {
        let problem = write(bytes, to: 1)
        if problem == 0 || problem == EPIPE { return }
        complain("sidestep: cannot write standard output: \(String(cString: strerror(problem)))")
        throw ExitCode(74)
    }

    /// Prints a line to standard error that nobody needs, unless that was said (`--quiet`).
    static func note(_ text: String) { if !Quiet.isOn { complain(text) } }

    /// Prints a line to standard error.
    static func complain(_ text: String) { write(Array((text + "\n").utf8), to: 2) }

    /// Writes all bytes, to a descriptor that does not block as well; answers what was in the way (errno(3)), or 0.
    @discardableResult
    static func write(_ bytes: some Collection<UInt8>, to descriptor: Int32) -> Int32 {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                switch errno {
                case EINTR: continue
                case EAGAIN:
                    var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&room, 1, -1)
                    continue
                case let problem: return problem
                }
            }
            rest = rest.dropFirst(count)
        }
        return 0
    }

    /// Whether standard output is a terminal that wants colour: <https://no-color.org>.
    static let hasColour: Bool = {
        let environment = Environment.current
        return isatty(1) == 1 && environment["NO_COLOR"] == nil && environment["TERM"] != "dumb"
    }()

    /// The status of a run or step, coloured on a terminal.
    static func status(_ status: String) -> String {
        guard hasColour, let colour = colours[status] else { return status }
        return "\u{1B}[\(colour)m\(status)\u{1B}[0m"
    }

    private static let colours = [
        "running": 36, "completed": 32, "failed": 31, "unknown": 35, "paused": 33, "interrupted": 33,
        "cancelled": 90, "started": 36, "in_doubt": 35, "superseded": 90,
    ]
}
