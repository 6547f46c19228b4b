import Glibc
import Sidestep
import SidestepProtocol

/// What the journal holds of a command: `{"stdout": "…", "exit": 0}`, or `stdout_base64` when it was no
/// UTF-8.
struct StepRecordText {
    private let record: RawJSON
    /// Whether the record itself is printed instead of the output in it.
    private let isJSON: Bool

    /// Whether the output is not printed.
    private let isQuiet: Bool

    init(_ record: RawJSON, json: Bool, isQuiet: Bool = false) {
        (self.record, self.isQuiet) = (record, isQuiet)
        isJSON = json
    }

    /// Prints the recorded output and exits with the recorded status.
    ///
    /// - Parameter file: where whose status it is is written; nil for nowhere.
    func repeatAndExit(statusFile file: String? = nil) -> Never {
        if isJSON { Output.line(record.text) } else if !isQuiet { Output.print(output) }
        let status = Int32(clamping: self.status)
        StepExit.write(StepExit.Source(type: record["type"]?.string), status, to: file)
        exit(status)
    }

    /// A step that another client recorded, or the daemon's clock ended, has no status; it failed or it did not.
    var status: Int {
        if let status = record["exit"]?.int { return status }
        guard let type = record["type"] else { return 0 }
        return type.string == "timeout" ? Int(StepExit.timeout) : 1
    }

    /// What the command printed.
    var output: [UInt8] {
        if let text = record["stdout"]?.string { return Array(text.utf8) }
        if let encoded = record["stdout_base64"]?.string, let bytes = Base64.decode(encoded) { return bytes }
        guard record["exit"] == nil, record["type"] == nil else { return [] }
        return Array((record.string ?? record.text).utf8) + [10]
    }

    /// Writes the members of a record.
    static func write(_ output: [UInt8], status: Int32, to writer: inout JSONWriter) {
        if let text = String(validating: output, as: UTF8.self) {
            writer.member("stdout", text)
        } else {
            writer.member("stdout_base64", Base64.encode(output))
        }
        writer.member("exit", Int(status))
    }
}
