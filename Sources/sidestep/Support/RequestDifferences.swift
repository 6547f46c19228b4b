import ArgumentParser
import Sidestep
import SidestepProtocol

/// Where the requests of two recorded calls differ, as `sidestep diff RUN RECORDING` shows it.
struct RequestDifferences {
    let run: String
    let recording: Int
    let other: Int?
    let against: String?
    let key: RecordingKeyOption
    let common: Common

    /// - Throws: `ExitCode` 1 where they differ.
    func show() throws {
        let connection = try common.connect()
        let sealed = SealedDifferences(
            run: run, recording: recording, other: other, against: against, key: key)
        let found = try sealed.found(connection) ?? plain(connection)
        let differences = found["differences"]?.elements ?? []
        if common.json { Output.line(found.text) } else { print(found, differences) }
        if !differences.isEmpty { throw ExitCode(1) }
    }

    private func plain(_ connection: BlockingConnection) throws -> RawJSON {
        try connection.call("recording.diff") { writer in
            writer.member("run", run)
            writer.member("recording", recording)
            writer.member("other", other)
            writer.member("against", against)
        }
    }

    private func print(_ found: RawJSON, _ differences: [RawJSON]) {
        let before = "call \(found["other"]?.int ?? 0)" + (against.map { " of \($0)" } ?? "")
        if differences.isEmpty { return Output.line("Call \(recording) asks what \(before) asks.") }
        Output.line("call \(recording) differs from \(before) in:")
        for difference in differences {
            let pointer = difference["pointer"]?.string ?? ""
            let offset = difference["offset"]?.int.map { " (byte \($0))" } ?? ""
            Output.line("\n\(pointer.isEmpty ? "the whole" : pointer)\(offset)")
            for (sign, name) in [("-", "before"), ("+", "after")] {
                if let text = difference["\(name)"]?.string { Output.line("\(sign) \(text)") }
            }
        }
    }
}
