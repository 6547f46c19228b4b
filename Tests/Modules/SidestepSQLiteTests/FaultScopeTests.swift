import CSQLite
import SidestepModel
import Testing

@testable import SidestepSQLite

@Suite("A failure of SQLite")
struct FaultScopeTests {
    /// Every primary result code there is, up to SQLITE_WARNING, and whose it is.
    static let ofJob: Set<Int32> = [
        SQLITE_ERROR, SQLITE_ABORT, SQLITE_LOCKED, SQLITE_SCHEMA, SQLITE_TOOBIG, SQLITE_CONSTRAINT,
        SQLITE_MISMATCH, SQLITE_MISUSE, SQLITE_AUTH, SQLITE_RANGE,
    ]
    static let failedSyncs: Set<Int32> = [10 | 4 << 8, 10 | 5 << 8]

    @Test("belongs to the job, the batch or the store by its code alone, for every code there can be")
    func all() {
        for primary in Int32(1)...255 {
            for extended in Int32(0)...64 {
                let code = primary | extended << 8
                let expected: FaultScope =
                    Self.failedSyncs.contains(code)
                    ? .store
                    : code == 4 | 2 << 8 ? .batch : Self.ofJob.contains(primary) ? .job : .batch
                #expect(FaultScope(code) == expected, "code \(code)")
            }
        }
    }

    @Test("tells its caller no word of SQLite's and no name of a statement", arguments: Int32(1)...28)
    func words(code: Int32) {
        let failure = Failure(
            StoreFault(
                code: code, operation: "graph_value_add", words: "UNIQUE constraint failed: secret.table"))
        for text in [failure.message, failure.hint ?? ""] {
            #expect(!text.contains("secret") && !text.contains("graph_value") && !text.contains("UNIQUE"))
        }
        #expect(failure.fault?.words.contains("secret.table") == true)
        #expect(failure.hint?.isEmpty == false)
    }

    @Test("says whether the caller may send the call again")
    func kinds() {
        func kind(_ code: Int32) -> ErrorKind {
            Failure(StoreFault(code: code, operation: "x", words: "y")).kind
        }
        #expect(kind(SQLITE_FULL) == .storageFull)
        #expect(kind(SQLITE_IOERR) == .storageError)
        #expect(kind(SQLITE_TOOBIG) == .payloadTooLarge)
        #expect(kind(SQLITE_CONSTRAINT) == .invalidArgument)
    }

    @Test("is damage of the file by its code, whatever the words")
    func damage() {
        func isDamage(_ code: Int32) -> Bool {
            Failure(StoreFault(code: code, operation: "x", words: "malformed")).isOfDamage
        }
        #expect(isDamage(SQLITE_CORRUPT) && isDamage(SQLITE_NOTADB) && isDamage(11 | 1 << 8))
        #expect(!isDamage(SQLITE_IOERR) && !isDamage(SQLITE_CONSTRAINT))
    }
}
