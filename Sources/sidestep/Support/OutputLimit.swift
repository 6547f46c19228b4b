import Sidestep
import SidestepProtocol

/// How much a command may print, so that it can be sent.
enum OutputLimit {
    /// What fits a line of the daemon as it comes, however it is written: a control character takes six bytes.
    static let usual = 8 << 20
    /// What a request says besides the output, bytes.
    private static let rest = 64 << 10

    /// - Throws: `SidestepError` of kind `payload_too_large` when not even plain text of that length could be sent.
    static func check(_ limit: Int, _ connection: BlockingConnection) throws {
        guard limit > usual, let frame = try connection.call("hello")["limits"]?["frame_bytes"]?.int,
            limit > frame - rest
        else { return }
        throw SidestepError(
            .payloadTooLarge, "--output-limit \(limit): the daemon takes lines of \(frame) bytes",
            hint: "let the command write into a file; its name is enough of an output")
    }
}
