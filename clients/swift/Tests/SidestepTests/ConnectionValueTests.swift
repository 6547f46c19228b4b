import SidestepProtocol
import Synchronization
import Testing

@testable import Sidestep

@Suite struct ConnectionValueTests {
    private func call(mayResend: Bool) -> CallTable.Call {
        CallTable.Call(frame: [mayResend ? 1 : 0], mayResend: mayResend) { _ in }
    }

    @Test("after a break only calls that were sent and must not be repeated are in doubt")
    func inDoubt() {
        var table = CallTable()
        for (resend, sent) in [(true, true), (false, true), (false, false)] {
            let id = table.nextID()
            let isNow = table.add(call(mayResend: resend), id: id, isUp: sent)
            #expect(isNow == sent)
        }
        #expect(table.takeInDoubt().count == 1)
        #expect(table.nextFrames() == [[1], [0]])
        #expect(table.takeInDoubt().count == 1)
        #expect(!table.isEmpty)
    }

    @Test("a call takes too long when the table was looked through so often since it was made")
    func overdue() {
        var table = CallTable()
        func add(isTimed: Bool) {
            let call = CallTable.Call(frame: [], mayResend: true, isTimed: isTimed) { _ in }
            _ = table.add(call, id: table.nextID(), isUp: true)
        }
        add(isTimed: true)
        add(isTimed: false)
        #expect(table.takeOverdue(after: 2).isEmpty)
        add(isTimed: true)
        #expect(table.takeOverdue(after: 2).isEmpty)
        #expect(table.takeOverdue(after: 2).count == 1)
        #expect(table.takeOverdue(after: 2).count == 1)
        #expect(
            table.takeOverdue(after: 2).isEmpty && !table.isEmpty, "the other one takes as long as it likes")
    }

    @Test("a call is taken once")
    func once() {
        var table = CallTable()
        let id = table.nextID()
        _ = table.add(call(mayResend: true), id: id, isUp: true)
        #expect(table.take(id) != nil)
        #expect(table.take(id) == nil)
        #expect(table.isEmpty)
    }

    @Test("a line that was refused unread is the longest of those that were sent")
    func longest() {
        var table = CallTable()
        #expect(table.longestSent == nil)
        for length in [10, 30, 20] {
            let call = CallTable.Call(frame: Array(repeating: 0, count: length), mayResend: true) { _ in }
            _ = table.add(call, id: table.nextID(), isUp: true)
        }
        let late = CallTable.Call(frame: Array(repeating: 0, count: 40), mayResend: true) { _ in }
        _ = table.add(late, id: table.nextID(), isUp: false)
        #expect(table.longestSent == 2)
        _ = table.take(2)
        #expect(table.longestSent == 3)
    }

    @Test("a body runs on the word execute and on no other", arguments: ["executes", "", "running"])
    func word(status: String) {
        #expect(throws: SidestepError.self) { try StepBegin(.object { $0.member("status", status) }) }
    }

    @Test("the connection's own calls keep nothing open and go with it")
    func own() {
        var table = CallTable()
        table.addOwn(call(mayResend: false), id: table.nextID())
        #expect(table.isEmpty)
        #expect(table.takeInDoubt().isEmpty)
        #expect(table.take(1) == nil)
    }

    @Test("calls over the window wait, in order, until others are answered")
    func window() {
        var table = CallTable()
        let sent = (1...CallTable.window + 2).map { _ in
            table.add(call(mayResend: true), id: table.nextID(), isUp: true)
        }
        #expect(sent.filter { $0 }.count == CallTable.window)
        #expect(!table.hasNext)
        _ = table.take(1)
        #expect(table.hasNext)
        #expect(table.nextFrames().count == 1)
        // One that was given up before it was sent is passed over.
        _ = table.take(CallTable.window + 2)
        _ = table.take(2)
        #expect(table.nextFrames().isEmpty)
        #expect(table.takeInDoubt().isEmpty)
        #expect(table.nextFrames().count == CallTable.window - 1)
    }

    @Test("calls that wait for the world outside leave room for those that are answered at once")
    func patience() {
        var table = CallTable()
        func add(isPatient: Bool) -> Bool {
            let call = CallTable.Call(frame: [isPatient ? 1 : 0], mayResend: true, isPatient: isPatient) {
                _ in
            }
            return table.add(call, id: table.nextID(), isUp: true)
        }
        let patient = (0..<1000).map { _ in add(isPatient: true) }
        #expect(patient.count { $0 } == CallTable.patientWindow)
        let quick = (0..<1000).map { _ in add(isPatient: false) }
        #expect(quick.count { $0 } == CallTable.window - CallTable.patientWindow)
        #expect(!table.hasNext)
        _ = table.take(1)
        #expect(table.nextFrames() == [[0]], "there is one place, and somebody who wants it soon")
        _ = table.takeInDoubt()
        let again = table.nextFrames()
        #expect(again.count == CallTable.window)
        #expect(again.count { $0 == [1] } == 0, "the quick ones that are left fill it")
    }

    @Test("the calls that may wait are those of the contract that take wait_ms, and a step's begin")
    func patientMethods() {
        let waiting = MethodTable.all.filter { $0.parameters.contains { $0.name == "wait_ms" } }
        let patient = Set(MethodKind.special.filter(\.value.isPatient).keys)
        #expect(
            patient.subtracting(["step.begin"]) == Set(waiting.map(\.name)).subtracting(["step.begin"]))
    }

    @Test("a call that the daemon refused for want of room is sent again first")
    func putBack() {
        var table = CallTable()
        for _ in 1...2 { _ = table.add(call(mayResend: false), id: table.nextID(), isUp: true) }
        let ended = table.putBack(1)
        #expect(ended == nil)
        #expect(table.hasNext)
        #expect(table.nextFrames().count == 1)
        #expect(table.take(1) != nil)
    }

    @Test("pauses grow to a limit")
    func backoff() {
        var backoff = Backoff()
        #expect(
            (1...8).map { _ in backoff.advance().milliseconds } == [20, 40, 80, 160, 320, 640, 1000, 1000])
    }

    @Test("a socket that was named is the only one tried, and no daemon is started for it")
    func named() {
        let environment = Environment(["SIDESTEP_SOCKET": "/nowhere/b", "SIDESTEP_AUTOSTART": "1"])
        for (given, tried) in [("/nowhere/a", "/nowhere/a (given)"), (nil, "/nowhere/b (SIDESTEP_SOCKET)")] {
            let error = #expect(throws: SidestepError.self) {
                try DaemonFinder(socket: given, environment: environment).connect()
            }
            #expect(error?.kind == .daemonNotFound)
            #expect(error?.message.contains("tried \(tried)") == true)
            #expect(error?.message.contains("none is started at a socket that was named") == true)
        }
    }

    @Test("the daemon's program is looked for where SIDESTEPD says, else beside us and on PATH")
    func executables() {
        let path = Environment(["PATH": "/x:/y"])
        #expect(
            DaemonExecutable.places(environment: path, ownDirectory: "/own")
                == ["/own/sidestepd", "/x/sidestepd", "/y/sidestepd"])
        let named = Environment(["PATH": "/x", "SIDESTEPD": "/z/d"])
        #expect(DaemonExecutable.places(environment: named, ownDirectory: nil) == ["/z/d"])
    }
}
