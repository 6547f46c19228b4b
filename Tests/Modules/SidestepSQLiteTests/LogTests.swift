import Glibc
import SidestepModel
import SidestepStore
import Synchronization
import TestSupport
import Testing

@testable import SidestepSQLite

@Suite struct LogTests {
    // MARK: When it is copied

    @Test("a log is copied when it is long, and when it is so again after it began anew")
    func long() {
        #expect(due([999, 1000]) == [1000])
        #expect(due([1003, 5, 999, 1000]) == [1003, 1000])
    }

    @Test("a log in which somebody stays is copied when it is twice as long, and not at each commit")
    func kept() {
        #expect(due([1003, 1008, 2005, 2006, 4000, 4012]) == [1003, 2006, 4012])
        #expect(due([1003, 2006, 4, 1000]) == [1003, 2006, 1000], "whoever stayed has left")
    }

    @Test("a log that could not be copied is tried again some commits later")
    func failed() {
        var pace = LogPace()
        pace.failed(1003)
        let due = [1052, 1053].filter { pace.isDue($0) }
        #expect(due == [1053])
    }

    /// At which of these lengths, one after each commit, the log is copied.
    private func due(_ lengths: [Int]) -> [Int] {
        var pace = LogPace()
        return lengths.filter { length in
            guard pace.isDue(length) else { return false }
            pace.copied(length)
            return true
        }
    }

    // MARK: The door of the readers

    @Test("who is to be told of a moment without readers is told at once, or by the last of them")
    func quiet() {
        let gate = ReadGate()
        let told = Atomic(0)
        gate.close { told.add(1, ordering: .relaxed) }
        #expect(told.load(ordering: .relaxed) == 1)
        gate.open()
        gate.enter()
        gate.enter()
        gate.close { told.add(1, ordering: .relaxed) }
        gate.leave()
        #expect(told.load(ordering: .relaxed) == 1)
        gate.leave()
        #expect(told.load(ordering: .relaxed) == 2)
    }

    @Test("a reader who comes while another one stays long gets in, and the moment is over for all")
    func impatience() {
        let gate = ReadGate()
        let told = Atomic(0)
        gate.enter()
        gate.close { told.add(1, ordering: .relaxed) }
        gate.enter()
        #expect(told.load(ordering: .relaxed) == 1)
        gate.enter()
        for _ in 0..<3 { gate.leave() }
        #expect(told.load(ordering: .relaxed) == 1, "once")
    }

    // MARK: Together

    private final class SetValue: WriteJob {
        private let number: Int

        init(_ number: Int) { self.number = number }

        func perform(_ transaction: any StoreTransaction) throws(Failure) {
            if number == 0 {
                _ = try transaction.insertRun(
                    RunRecord(
                        key: 0, id: "r", userID: 1, generation: 1, uid: "u", workflow: "w",
                        now: Instant(milliseconds: 0)), input: nil)
            }
            try transaction.setState(run: 1, name: "n", value: Payload(text: "\(number)"), epoch: 0)
        }
    }

    @Test("the log begins anew although there is always somebody who reads")
    func alwaysRead() throws {
        let folder = temporaryFolder()
        defer { removeFolder(folder) }
        let settled = Atomic(0)
        let database = try SQLiteDatabase(
            path: folder + "/sidestep.db", readers: 2, gate: ReadGate(patience: 60_000),
            clock: TestClock(),
            listener: StoreListener(
                settled: { jobs, _ in settled.add(jobs.count, ordering: .sequentiallyConsistent) },
                ended: { _ in }))
        defer { database.close() }
        let isOver = Atomic(false)
        let begun = Atomic(0)
        // Each of two readers leaves after the other has come, if that may come.
        @Sendable func read() {
            database.readers.read(for: 1) { store in
                _ = try? store.get().state(run: 1, name: "n")
                let own = begun.add(1, ordering: .relaxed).newValue
                for _ in 0..<20 where begun.load(ordering: .relaxed) == own { usleep(100) }
                if !isOver.load(ordering: .relaxed) { read() }
            }
        }
        for _ in 0..<4 { read() }
        // A page of 4 KiB each: 16 MiB, and a reader comes after each ten.
        for number in 0..<4000 {
            database.writer.submit([SetValue(number)])
            while settled.load(ordering: .sequentiallyConsistent) <= number { sched_yield() }
            while begun.load(ordering: .relaxed) < number / 10 { usleep(100) }
        }
        isOver.store(true, ordering: .relaxed)
        let size = fileSize(folder + "/sidestep.db-wal")
        #expect(size <= LogKeeper.keptBytes, "\(size)")
    }
}
