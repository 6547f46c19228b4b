import Sidestep
import SidestepProtocol
import SidestepRecording

/// Where the requests of two recorded calls differ that the daemon cannot read.
struct SealedDifferences {
    let run: String
    let recording: Int
    let other: Int?
    let against: String?
    let key: RecordingKeyOption

    /// As `recording.diff` answers; nil where neither is encrypted.
    func found(_ connection: BlockingConnection) throws -> RawJSON? {
        guard let entry = try entries(connection, before: recording + 1, limit: 1).last,
            entry.present("sealed") != nil || against != nil, let number = try before(entry, connection)
        else { return nil }
        let there = against ?? run
        let (mine, others) = (
            try get(recording, of: run, connection), try get(number, of: there, connection)
        )
        guard isSealed(mine) || isSealed(others) else { return nil }
        let differences = JSONDifference.between(
            bodies: try request(others, there), try request(mine, run))
        return .object { writer in
            writer.member("other", number)
            writer.array("differences") { writer in
                for difference in differences {
                    writer.beginObject()
                    writer.member("pointer", difference.pointer)
                    writer.member("offset", difference.offset)
                    writer.member("before", difference.before)
                    writer.member("after", difference.after)
                    writer.endObject()
                }
            }
        }
    }

    private func isSealed(_ found: RawJSON) -> Bool { found["recording"]?.present("sealed") != nil }

    /// The one to compare with: the last one before it that went to the same path.
    private func before(_ entry: RawJSON, _ connection: BlockingConnection) throws -> Int? {
        guard entry["recording"]?.int == recording else { return nil }
        if let other { return other }
        if against != nil { return recording }
        let places = try entries(connection, before: recording, limit: nil)
        return places.last { $0["upstream"] == entry["upstream"] && $0["path"] == entry["path"] }?[
            "recording"]?.int
    }

    /// Recordings up to a number, without their bodies; the last of them alone, or all.
    private func entries(_ connection: BlockingConnection, before end: Int, limit: Int?) throws -> [RawJSON] {
        var (found, after): ([RawJSON], Int?) = ([], limit.map { max(0, end - 1 - $0) } ?? 0)
        while let place = after {
            let page = try connection.call("recording.list") { writer in
                writer.member("run", run)
                writer.member("after", place)
                writer.member("limit", limit)
            }
            found += (page["recordings"]?.elements ?? []).filter { ($0["recording"]?.int ?? end) < end }
            after = limit == nil ? page.present("more")?.int.flatMap { $0 < end ? $0 : nil } : nil
        }
        return found
    }

    private func get(_ number: Int, of run: String, _ connection: BlockingConnection) throws -> RawJSON {
        try connection.call("recording.get") { writer in
            writer.member("run", run)
            writer.member("recording", number)
            writer.member("request", true)
        }
    }

    private func request(_ found: RawJSON, _ run: String) throws -> [UInt8] {
        let body = try KeptBodies.read(run, key, found) { bodies throws(SealProblem) in
            try bodies.request(found)
        }
        if let body { return body }
        throw SidestepError(
            .invalidArgument,
            "the request of recording \(found["recording"]?["recording"]?.int ?? 0) was not kept",
            run: run)
    }
}
