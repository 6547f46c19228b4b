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

    @Test("a call is taken once")
    func once() {
        var table = CallTable()
        let id = table.nextID()
        _ = table.add(call(mayResend: true), id: id, isUp: true)
        #expect(table.take(id) != nil)
        #expect(table.take(id) == nil)
        #expect(table.isEmpty)
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

    @Test("an explicit socket is the only candidate")
    func explicit() {
        let environment = Environment(["SIDESTEP_SOCKET": "/b", "XDG_RUNTIME_DIR": "/run/user/1"])
        #expect(SocketCandidates(explicit: "/a", environment: environment).all.map(\.path) == ["/a"])
        #expect(SocketCandidates(explicit: nil, environment: environment).all.map(\.path) == ["/b"])
    }

    @Test("a session's socket comes before the system's; without a session the private one is last")
    func order() {
        let session = SocketCandidates(
            explicit: nil, environment: Environment(["XDG_RUNTIME_DIR": "/run/user/1"]))
        #expect(
            session.all.map(\.path) == ["/run/user/1/sidestep/sidestep.sock", "/run/sidestep/sidestep.sock"])
        #expect(session.startAt.path == "/run/user/1/sidestep/sidestep.sock")
        let none = SocketCandidates(
            explicit: nil, environment: Environment(["TMPDIR": "/t", "XDG_RUNTIME_DIR": ""]))
        #expect(none.all.map(\.mustBePrivate) == [false, true])
        #expect(none.startAt.path.hasPrefix("/t/sidestep-"))
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
