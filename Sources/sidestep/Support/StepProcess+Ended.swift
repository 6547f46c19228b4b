import Glibc
import Sidestep
import SidestepProtocol

extension StepProcess {
    /// How a command ended, and how that is recorded.
    struct Ended {
        /// The exit status, or 128 + n for signal n.
        var status: Int32 = 0
        var output: [UInt8] = []
        /// Bytes it printed, more than `output` holds when it printed too much.
        var total = 0
        var limit = Int.max
        var isTimedOut = false
        /// Whether something it left running still has its output.
        var isHeld = false
        /// The signal that we were sent, if any.
        var stoppedBy: Int32?
        /// The files that it made, with size and checksum.
        var produced: [RawJSON] = []
        /// Why they are not all there.
        var productProblem: String?
        /// Why it could not be started.
        var startError: String?
        /// Why its output cannot be recorded, although it is no longer than `limit`.
        var sendError: String?
        /// Statuses besides 0 that are results like any other.
        var accepted: Set<Int32> = []

        static func notStarted(_ number: Int32, _ command: String) -> Ended {
            var ended = Ended()
            // As shells do: 127 for a command that is not there, 126 for one that cannot be executed.
            ended.status = number == ENOENT ? 127 : 126
            ended.startError = "\(command): \(String(cString: strerror(number)))"
            return ended
        }

        /// The same end of a command whose output the daemon does not take.
        func unsendable(_ error: SidestepError) -> Ended {
            var ended = self
            ended.sendError = "the command's output is too long to be recorded: \(error.message)"
            return ended
        }

        private var isTooLong: Bool { total > limit || sendError != nil }
        var isSuccess: Bool {
            (status == 0 || accepted.contains(status)) && startError == nil && !isTimedOut && !isTooLong
                && productProblem == nil
        }
        /// A command that is not there, or prints too much, does so again.
        var isRetryable: Bool { startError == nil && sendError == nil && !(isTooLong && status == 0) }

        /// What went wrong besides a non-zero exit, for standard error.
        var trouble: String? {
            isTimedOut || isTooLong || startError != nil || productProblem != nil ? message : nil
        }

        var message: String {
            if let startError { return startError }
            if isTimedOut { return "the command took longer than --timeout allows" }
            if let sendError { return sendError }
            if isTooLong {
                return
                    "the command printed more than \(limit) bytes; write to a file, or raise --output-limit"
            }
            if let productProblem { return productProblem }
            return status > 128
                ? "signal \(status - 128) ended the command" : "the command exited with \(status)"
        }

        var types: [String] {
            if isTimedOut { return ["timeout"] }
            if isTooLong { return ["output_limit"] }
            if productProblem != nil { return ["produces"] }
            return status > 128 ? ["signal:\(status - 128)", "signal"] : ["exit:\(status)", "exit"]
        }

        /// The recorded output of a success.
        var record: RawJSON {
            .object { writer in
                StepRecordText.write(output, status: status, to: &writer)
                if !produced.isEmpty {
                    writer.array("produces") { writer in produced.forEach { writer.raw($0) } }
                }
            }
        }

        /// The type of its failure; nil for a success.
        var failureType: String? { isSuccess ? nil : types.last }

        /// The recorded error of a failure.
        var failure: RawJSON {
            .object { writer in
                writer.member("type", types.last)
                if isTimedOut { writer.member("which", "start_to_close") }
                writer.member("message", message)
                StepRecordText.write(isTooLong ? [] : output, status: statusOfFailure, to: &writer)
            }
        }

        /// Never 0: a time-out or too much output is a failure whatever the command says.
        var statusOfFailure: Int32 {
            if isTimedOut { return StepExit.timeout }
            return isTooLong ? StepExit.outputLimit : max(status, 1)
        }
    }
}
