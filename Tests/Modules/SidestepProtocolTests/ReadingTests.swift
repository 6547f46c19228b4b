import Testing

@testable import SidestepProtocol

@Suite("Methods that only read")
struct ReadingTests {
    @Test("are methods of the table, each named once in one of the lists")
    func known() {
        for name in Method.reading.union(Method.ofConnections) {
            #expect(MethodTable.named(name) != nil, "\(name)")
        }
    }

    @Test("wait for no commit: who changes what is kept does")
    func commits() {
        #expect(MethodTable.all.filter { $0.onlyReads && $0.waitsForCommit }.map(\.name).isEmpty)
    }

    /// What neither reads only nor waits for a commit: somebody has thought about each of these.
    @Test("are all that change nothing: a new method is in the list, waits for a commit, or stands here")
    func others() {
        let rest = MethodTable.all.filter { !$0.onlyReads && !$0.waitsForCommit }.map(\.name)
        #expect(
            rest == [
                "step.heartbeat", "system.advance", "system.drain", "system.backup", "system.backup_read",
                "system.vacuum",
            ])
    }

    @Test("are none that act for a run")
    func leases() {
        #expect(MethodTable.all.filter { $0.onlyReads && $0.access == .lease }.map(\.name).isEmpty)
    }
}
