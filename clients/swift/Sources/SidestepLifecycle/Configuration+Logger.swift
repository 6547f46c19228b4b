import Logging
import Sidestep

extension SidestepClient.Configuration {
    /// Sends messages for people to a logger, with the run and the step as metadata.
    public mutating func log(to logger: Logger) {
        log = { message in
            var metadata: Logger.Metadata = [:]
            metadata["sidestep.run"] = message.run.map { .string($0) }
            metadata["sidestep.step"] = message.step.map { .string($0) }
            metadata["error"] = message.error.map { .string("\($0)") }
            metadata["hint"] = message.hint.map { .string($0) }
            logger.log(level: message.level.ofLogger, "\(message.text)", metadata: metadata)
        }
    }
}

extension LogMessage.Level {
    fileprivate var ofLogger: Logger.Level {
        switch self {
        case .debug: .debug
        case .notice: .notice
        case .warning: .warning
        }
    }
}
