import Testing

@testable import SidestepPlaces

@Suite("Places")
struct PlacesTests {
    private static let directory: UInt32 = 0o040000
    private static let link: UInt32 = 0o120000

    /// A file system that holds what is named, with owner and mode.
    private func places(
        _ environment: [String: String], _ files: [String: (UInt32, UInt32)], home: String? = "/h"
    ) -> Places {
        let look: Places.Look = { path, _ in
            files[path].map { FileFacts(owner: $0.0, mode: $0.1 > 0o7777 ? $0.1 : Self.directory | $0.1) }
        }
        return Places(environment, user: User(uid: 5, home: home, name: "u"), look: look) { _ in nil }
    }

    @Test("are below the home directory that HOME names, when it is the user's")
    func home() throws {
        let files: [String: (UInt32, UInt32)] = ["/h": (5, 0o755), "/other": (6, 0o755), "/mine": (5, 0o775)]
        for (given, wanted) in [
            ("/mine", "/mine"), ("/other", "/h"), ("mine", "/h"), ("/gone", "/h"), (nil, "/h"),
        ] {
            let found = try places(given.map { ["HOME": $0] } ?? [:], files).database()
            #expect(found == "\(wanted)/.local/state/sidestep/sidestep.db")
        }
    }

    @Test("are none for a user without a home directory, unless one is named")
    func homeless() throws {
        let files: [String: (UInt32, UInt32)] = ["/h": (0, 0o755), "/": (0, 0o755), "/tmp": (0, 0o1777)]
        #expect(throws: NoPlace.self) { try places(["HOME": "/tmp"], files).database() }
        #expect(throws: NoPlace.self) { try places([:], files, home: nil).database() }
        #expect(try places(["SIDESTEP_DATABASE": "/d"], files).database() == "/d")
        #expect(throws: NoPlace.self) { try places(["SIDESTEP_DATABASE": "d"], files).database() }
        #expect(places([:], files).settings == nil)
    }

    @Test("heed XDG_STATE_HOME where it, or the nearest directory above it, is the user's")
    func state() throws {
        let files: [String: (UInt32, UInt32)] = [
            "/h": (5, 0o755), "/": (0, 0o755), "/s": (5, 0o775), "/open": (5, 0o777), "/theirs": (0, 0o755),
        ]
        for (given, isHeeded) in [
            ("/s", true), ("/s/new/below", true), ("/open", false), ("/theirs/new", false), ("s", false),
            ("/nowhere", false),
        ] {
            let found = try places(["XDG_STATE_HOME": given], files).database()
            #expect(found == (isHeeded ? given : "/h/.local/state") + "/sidestep/sidestep.db")
        }
    }

    @Test(
        "heed XDG_RUNTIME_DIR where it is the user's alone, then the usual one, then one below TMPDIR"
    )
    func runtime() {
        var files: [String: (UInt32, UInt32)] = [
            "/r": (5, 0o700), "/foreign": (6, 0o700), "/open": (5, 0o770), "/l": (5, Self.link | 0o777),
            "/t": (0, 0o1777),
        ]
        #expect(places(["XDG_RUNTIME_DIR": "/r"], files).socket == "/r/sidestep/sidestep.sock")
        for wrong in ["/foreign", "/open", "/l", "/gone", "r"] {
            let found = places(["XDG_RUNTIME_DIR": wrong, "TMPDIR": "/t"], files).runtime
            #expect(found == Places.Runtime(directory: "/t/sidestep-5", isTemporary: true))
            #expect(
                places(["XDG_RUNTIME_DIR": wrong, "TMPDIR": "t"], files).socket
                    == "/tmp/sidestep-5/sidestep.sock")
        }
        files["/run/user/5"] = (5, 0o700)
        #expect(places(["XDG_RUNTIME_DIR": "/gone"], files).socket == "/run/user/5/sidestep/sidestep.sock")
    }

    @Test("hold a socket that is trusted only where nobody else could have put it")
    func trust() {
        let user = User(uid: 5, home: nil)
        func refusal(_ owner: UInt32, _ mode: UInt32, temporary: Bool = false) -> String? {
            SocketTrust.refusal(ofDirectory: "/d", for: user, isTemporary: temporary) { _, _ in
                FileFacts(owner: owner, mode: Self.directory | mode)
            }
        }
        #expect(refusal(5, 0o755) == nil)
        #expect(refusal(0, 0o755) == nil)
        #expect(refusal(6, 0o755) != nil)
        #expect(refusal(5, 0o775) != nil)
        #expect(refusal(5, 0o700, temporary: true) == nil)
        #expect(refusal(5, 0o750, temporary: true) != nil)
        #expect(refusal(0, 0o700, temporary: true) != nil)
        #expect(
            [5, 0, 6].map { SocketTrust.refusal(ofListener: $0, for: user) == nil } == [true, true, false])
    }

    @Test("say who has a database: lines with names, or a number alone as the first daemons wrote it")
    func holder() {
        let holder = DatabaseHolder("pid 812\nsocket /a b/s\nprivate\nlater unknown\n")
        #expect(holder?.pid == 812)
        #expect(holder?.socket == "/a b/s")
        #expect(holder?.isPrivate == true)
        #expect(DatabaseHolder("17\n")?.pid == 17)
        #expect(DatabaseHolder("17\n")?.socket == nil)
        for broken in ["", "\n", "pid\n", "pid x\n", "-3\n", "socket /s\n"] {
            #expect(DatabaseHolder(broken) == nil)
        }
    }

    @Test("are those that the user's configuration file says, as for the daemon")
    func configured() throws {
        let text = "# socket = /no\n socket=/c/s # mine\r\ndatabase = /c/d.db\nlog_level = info\n"
        let look: Places.Look = { _, _ in FileFacts(owner: 5, mode: Self.directory | 0o700) }
        let places = Places(["HOME": "/h"], user: User(uid: 5, home: nil), look: look) { path in
            path == "/h/.config/sidestep/sidestep.conf" ? text : nil
        }
        #expect(places.socket == "/c/s")
        #expect(try places.database() == "/c/d.db")
        #expect(try places.standardDatabase() == "/h/.local/state/sidestep/sidestep.db")
    }

    @Test("know a daemon that should be there by its unit or its files")
    func daemonsToBe() {
        func daemons(_ names: String...) -> DaemonsToBe {
            let here = Set(names)
            let look: Places.Look = { path, _ in
                here.contains(path)
                    ? FileFacts(owner: 0, mode: path.hasSuffix(".masked") ? 0o020666 : Self.directory | 0o755)
                    : nil
            }
            return DaemonsToBe(
                Places(["HOME": "/h"], user: User(uid: 0, home: nil), look: look) { _ in nil }, look: look)
        }
        let (booted, unit) = ("/run/systemd/system", "/usr/lib/systemd/system/sidestepd.socket")
        #expect(!daemons().servesMachine)
        #expect(daemons("/run/sidestep").servesMachine)
        #expect(!daemons(unit).hasSystemUnit, "units mean nothing without systemd")
        #expect(daemons(booted, unit).hasSystemUnit)
        #expect(!daemons(booted, unit).servesMachine)
        #expect(daemons(booted, unit, "/var/lib/sidestep").servesMachine)
        let enabled = "/h/.config/systemd/user/sockets.target.wants/sidestepd.socket"
        #expect(daemons("/h", booted, enabled).userUnit == enabled)
        #expect(daemons("/h", enabled).userUnit == nil)
        #expect(daemons("/h", booted, unit).userUnit == nil)
    }
}
