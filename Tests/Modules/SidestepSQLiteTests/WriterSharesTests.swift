import Glibc
import SidestepModel
import SidestepStore
import Synchronization
import TestSupport
import Testing

@testable import SidestepSQLite

/// How users share the writer, on a clock that their jobs move.
@Suite struct WriterSharesTests {
    /// A job that takes so many microseconds.
    private final class Work: WriteJob {
        let user: UserKey
        let name: String
        private let span: Int64
        private let bench: Bench

        init(_ bench: Bench, _ user: UserKey, _ number: Int, _ microseconds: Int64) {
            (self.bench, self.user, span) = (bench, user, microseconds * 1000)
            name = "\(user).\(number)"
        }

        func perform(_ transaction: any StoreTransaction) throws(Failure) {
            bench.time.withLock { $0 += span }
        }
    }

    private final class Bench: Sendable {
        let time = Mutex<Int64>(0)
        let batches = Mutex<[[String]]>([])

        /// - Returns: the names of the jobs, commit by commit.
        func batches(of jobs: [Work], severalUsers: Bool = true) throws -> [[String]] {
            let folder = temporaryFolder()
            defer { removeFolder(folder) }
            let database = try SQLiteDatabase(
                path: folder + "/sidestep.db", readers: 1, clock: TestClock(),
                nanoseconds: { self.time.withLock { $0 } },
                listener: StoreListener(
                    settled: { jobs, _ in
                        let names = jobs.compactMap { ($0 as? Work)?.name }
                        self.batches.withLock { $0.append(names) }
                    }, ended: { _ in }))
            defer { database.close() }
            database.writer.serve(severalUsers: severalUsers)
            // All of them wait when the first batch is taken.
            try database.writer.exclusively { _ in database.writer.submit(jobs) }
            while batches.withLock({ $0.joined().count }) < jobs.count { sched_yield() }
            return batches.withLock { $0 }
        }
    }

    @Test("a commit has of each user what fits into his turn, however many jobs he brings")
    func turns() throws {
        let bench = Bench()
        let jobs = (0..<20).map { Work(bench, 1, $0, 300) } + [Work(bench, 2, 0, 10)]
        let batches = try bench.batches(of: jobs)
        #expect(batches.first.map(Set.init) == ["1.0", "1.1", "2.0"])
        #expect(batches.allSatisfy { $0.count { $0.hasPrefix("1.") } <= 2 })
        #expect(batches.joined().filter { $0.hasPrefix("1.") } == (0..<20).map { "1.\($0)" })
    }

    @Test("who took longer than his turn waits until the others have had as much")
    func deficit() throws {
        let bench = Bench()
        let dear = [Work(bench, 1, 0, 5000), Work(bench, 1, 1, 50)]
        let batches = try bench.batches(of: dear + (0..<100).map { Work(bench, 2, $0, 50) })
        #expect(batches.first?.first == "1.0")
        #expect(batches.dropLast().allSatisfy { $0.count <= 11 })
        #expect(batches.last == ["1.1"], "the other had 5 ms of work")
    }

    @Test("a user who is alone has commits as large as they can be")
    func alone() throws {
        let bench = Bench()
        let batches = try bench.batches(of: (0..<100).map { Work(bench, 1, $0, 1000) }, severalUsers: false)
        #expect(batches.map(\.count) == [100])
    }

    @Test("every job is performed once, those of a user in their order", arguments: 0..<10)
    func order(seed: UInt64) throws {
        let bench = Bench()
        let random = SeededRandom(seed: seed)
        var counts: [UserKey: Int] = [:]
        let jobs = (0..<500).map { _ in
            let user = UserKey(random.below(4))
            defer { counts[user, default: 0] += 1 }
            return Work(bench, user, counts[user, default: 0], Int64(random.below(2000)))
        }
        let performed = try bench.batches(of: jobs).joined()
        #expect(performed.count == jobs.count)
        for (user, count) in counts {
            #expect(performed.filter { $0.hasPrefix("\(user).") } == (0..<count).map { "\(user).\($0)" })
        }
    }
}
