import SidestepModel
import SidestepStore

struct RecordingStatements {
    let recorder, secret, saveRecorder: Statement
    let byNumber, byCall, byCallAny, page, sharedPage, shared: Statement
    let before, sharedBefore, numberOf, open, startedCount, underWay, last, sharedLast, counts,
        sharedCount: Statement
    let insert, end: RecordStatement<RecordingRecord>
    let rerolls, insertReroll: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement { try library.prepare(name, on: connection) }
        recorder = try block("recorder_get")
        secret = try block("recorder_secret")
        saveRecorder = try block("recorder_save")
        byNumber = try block("recording_by_number")
        byCall = try block("recording_by_call")
        byCallAny = try block("recording_by_call_any")
        page = try block("recording_page")
        sharedPage = try block("recording_shared_page")
        shared = try block("recording_shared")
        before = try block("recording_before")
        sharedBefore = try block("recording_shared_before")
        numberOf = try block("recording_number_of")
        open = try block("recording_open")
        startedCount = try block("recording_started_count")
        underWay = try block("recording_under_way")
        last = try block("recording_last")
        sharedLast = try block("recording_shared_last")
        counts = try block("recording_counts")
        sharedCount = try block("recording_shared_count")
        insert = try RecordStatement(try block("recording_insert"))
        end = try RecordStatement(try block("recording_end"))
        rerolls = try block("reroll_list")
        insertReroll = try block("reroll_insert")
    }
}

// MARK: Whose they are

extension SQLiteSession {
    func recorder(run: Int64) throws(Failure) -> RecorderRecord? {
        try recordings.recorder.first(run) {
            var found = RecorderRecord(
                run: $0.integer(), secret: $0.bytes(), name: $0.string(), epoch: $0.integer())
            found.retainMilliseconds = $0.optionalInteger()
            found.forgetsOnSuccess = $0.integer() == 1
            return found
        }
    }

    func recorderSecret(user: UserID, id: String) throws(Failure) -> [UInt8]? {
        try recordings.secret.first(user, id) { $0.bytes() }
    }

    func saveRecorder(_ recorder: RecorderRecord) throws(Failure) {
        try requireOne(
            try recordings.saveRecorder.run(
                recorder.run, recorder.epoch, recorder.secret, recorder.name, recorder.retainMilliseconds,
                recorder.forgetsOnSuccess))
    }
}

// MARK: One by one

extension SQLiteSession {
    func recording(run: Int64, number: Int64) throws(Failure) -> RecordingRecord? {
        try recordings.byNumber.first(run, number) { RecordingRecord(&$0) }
    }

    func recording(run: Int64, call: String) throws(Failure) -> RecordingRecord? {
        try recordings.byCall.first(run, call) { RecordingRecord(&$0) }
    }

    func recording(user: UserID, id: String, call: String) throws(Failure) -> RecordingRecord? {
        try recordings.byCallAny.first(user, id, call) { RecordingRecord(&$0) }
    }

    func recording(run: Int64, before last: RecordingRecord) throws(Failure) -> RecordingRecord? {
        let asked = last.request
        return try recordings.before.first(run, last.number, asked.upstream, asked.path) {
            RecordingRecord(&$0)
        }
    }

    func sharedRecording(
        _ origin: RunOrigin, before last: RecordingRecord
    ) throws(Failure) -> RecordingRecord? {
        let asked = last.request
        return try recordings.sharedBefore.first(
            origin.run, last.number, asked.upstream, asked.path, origin.sequence
        ) { RecordingRecord(&$0) }
    }

    func recordingNumber(key: Int64) throws(Failure) -> Int64? {
        try recordings.numberOf.first(key) { $0.integer() }
    }

    func insertRecording(_ recording: RecordingRecord, epoch: Int64) throws(Failure) -> Int64 {
        var row = recording
        try requireOne(try recordings.insert.write(&row, expecting: epoch))
        return connection.lastInsertedKey
    }

    func endRecording(_ recording: RecordingRecord, from state: RecordingState) throws(Failure) {
        precondition(state == .started || state == .inDoubt, "a recording has ended, and ends again")
        var row = recording
        try requireOne(try recordings.end.write(&row, expecting: state == .inDoubt ? 1 : 0))
    }
}

// MARK: Lists

extension SQLiteSession {
    func recordings(run: Int64, after number: Int64, limit: Int) throws(Failure) -> [RecordingRecord] {
        try recordings.page.all(run, number, limit) { RecordingRecord(&$0) }
    }

    func startedRecordings(run: Int64, notBy recorder: String) throws(Failure) -> [RecordingRecord] {
        try recordings.open.all(run, recorder) { RecordingRecord(&$0) }
    }

    func startedRecordingCount(run: Int64) throws(Failure) -> Int64 {
        try recordings.startedCount.first(run) { $0.integer() } ?? 0
    }

    func hasRecordingUnderWay(run: Int64, epoch: Int64) throws(Failure) -> Bool {
        try recordings.underWay.hasRow(run, epoch)
    }

    func lastRecording(run: Int64) throws(Failure) -> Int64 {
        try recordings.last.first(run) { $0.integer() } ?? 0
    }

    func recordingCounts(run: Int64) throws(Failure) -> [(state: RecordingState, count: Int64)] {
        try recordings.counts.all(run) { (state: $0.status(), count: $0.integer()) }
    }

    func sharedRecording(_ origin: RunOrigin, number: Int64) throws(Failure) -> RecordingRecord? {
        try recordings.shared.first(origin.run, number, origin.sequence) { RecordingRecord(&$0) }
    }

    func sharedRecordings(
        _ origin: RunOrigin, after number: Int64, limit: Int
    ) throws(Failure) -> [RecordingRecord] {
        try recordings.sharedPage.all(origin.run, number, limit, origin.sequence) { RecordingRecord(&$0) }
    }

    func lastSharedRecording(_ origin: RunOrigin) throws(Failure) -> Int64 {
        try recordings.sharedLast.first(origin.run, origin.sequence) { $0.integer() } ?? 0
    }

    func sharedRecordingCount(_ origin: RunOrigin) throws(Failure) -> Int64 {
        try recordings.sharedCount.first(origin.run, origin.sequence) { $0.integer() } ?? 0
    }

    func rerolls(run: Int64, upTo sequence: Int64) throws(Failure) -> [RecordingReroll] {
        try recordings.rerolls.all(run, sequence) {
            RecordingReroll(
                run: $0.integer(), number: $0.integer(), supersededBy: $0.optionalInteger(),
                sequence: $0.integer())
        }
    }

    func insertReroll(_ reroll: RecordingReroll) throws(Failure) {
        try recordings.insertReroll.run(reroll.run, reroll.number, reroll.supersededBy, reroll.sequence)
    }
}
