import Glibc
import SidestepModel
import SidestepStore
import Synchronization
import TestSupport
import Testing

@testable import SidestepSQLite

/// Which thread commits, on a clock that each look at it moves.
@Suite struct WriterPaceTests {
    /// A job that looks which thread it is on.
    private final class Look: WriteJob {
        let thread = Mutex<pthread_t?>(nil)

        func perform(_ transaction: any StoreTransaction) throws(Failure) {
            thread.withLock { $0 = pthread_self() }
        }
    }

    private final class Clock: Sendable {
        let time = Mutex<Int64>(0)
        let commitNanoseconds = Mutex<Int64>(0)
        let settled = Mutex(0)

        func look() -> Int64 {
            time.withLock {
                $0 += commitNanoseconds.withLock { $0 }
                return $0
            }
        }

        /// - Returns: whether the caller's thread performed the job, which comes alone.
        func isPerformedHere(_ database: SQLiteDatabase) -> Bool {
            let job = Look()
            let before = settled.withLock { $0 }
            database.writer.submit([job])
            while settled.withLock({ $0 }) == before { sched_yield() }
            return job.thread.withLock { $0.map { pthread_equal($0, pthread_self()) != 0 } } ?? false
        }
    }

    @Test("a lone call is committed on the caller's thread while the disk is fast, else by the writer's")
    func pace() throws {
        let folder = temporaryFolder()
        defer { removeFolder(folder) }
        let clock = Clock()
        let database = try SQLiteDatabase(
            path: folder + "/sidestep.db", readers: 1, clock: TestClock(), nanoseconds: clock.look,
            listener: StoreListener(
                settled: { jobs, _ in clock.settled.withLock { $0 += jobs.count } }, ended: { _ in }))
        defer { database.close() }
        func places(_ commit: Int64, _ count: Int) -> [Bool] {
            clock.commitNanoseconds.withLock { $0 = commit }
            return (0..<count).map { _ in
                // The writer gives the connection back after it has settled.
                while !database.writer.isIdle { sched_yield() }
                return clock.isPerformedHere(database)
            }
        }
        #expect(places(200_000, 4) == [true, true, true, true])
        #expect(places(20_000_000, 3) == [true, false, false], "the first one could not be known to be slow")
        let again = places(200_000, 100)
        #expect(again.first == false)
        #expect(again.suffix(50).allSatisfy { $0 }, "the disk is fast again")
        #expect(again == again.sorted { !$0 && $1 }, "there is one change")
    }

    @Test("one slow commit among fast ones is not a slow disk")
    func outlier() {
        var pace = LonePace()
        for _ in 0..<100 { pace.note(nanoseconds: 200_000) }
        pace.note(nanoseconds: 5_000_000)
        #expect(pace.isFast)
        for _ in 0..<20 { pace.note(nanoseconds: 3_000_000) }
        #expect(!pace.isFast)
    }
}
