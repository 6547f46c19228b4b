import Glibc
import Sidestep

/// Text on its way out.
enum Output {
    /// Prints a line to standard output.
    static func line(_ text: String) { write(Array((text + "\n").utf8), to: 1) }

    /// Prints a line to standard error that nobody needs, unless that was said (`--quiet`).
    static func note(_ text: String) { if !Quiet.isOn { complain(text) } }

    /// Prints a line to standard error.
    static func complain(_ text: String) { write(Array((text + "\n").utf8), to: 2) }

    /// Writes all bytes; a reader that went away is no error of ours.
    static func write(_ bytes: some Collection<UInt8>, to descriptor: Int32) {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno != EINTR { return }
            rest = rest.dropFirst(max(count, 0))
        }
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
