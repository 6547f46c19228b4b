import Glibc
import SidestepModel
import Testing

@testable import SidestepHost

@Suite struct ProcessLineTests {
    @Test("a command's name may hold spaces, parentheses and what looks like fields")
    func names() throws {
        let line = try #require(ProcessLine(text(name: "a) Z 1 (b", state: "S", threads: 3, start: 4711)))
        #expect(line.state == "S" && line.parent == 7 && line.threads == 3 && line.startTicks == 4711)
    }

    @Test("a corpse is dead; one whose other threads go on is none")
    func corpses() throws {
        for (state, threads, isAlive) in [
            ("Z", 1, false), ("X", 1, false), ("Z", 2, true), ("S", 1, true), ("T", 1, true), ("R", 1, true),
        ] {
            let line = try #require(ProcessLine(text(name: "x", state: state, threads: threads, start: 1)))
            #expect(line.isAlive == isAlive, "\(state) with \(threads) threads")
        }
    }

    @Test("what is killed is ending before it is a corpse: it is leaving, or SIGKILL waits for it")
    func endings() throws {
        for (state, threads, flags, pending, isEnding) in [
            ("S", 3, 0x40_0040, 0, false), ("D", 1, 0, 1 << 14, false), ("R", 1, 0x40_0044, 0, true),
            ("D", 3, 0, 1 << 8, true), ("Z", 3, 0, 0, true), ("Z", 1, 0, 0, true),
        ] {
            let line = text(
                name: "x", state: state, threads: threads, start: 1, flags: flags, pending: pending)
            #expect(try #require(ProcessLine(line)).isEnding == isEnding, "\(line)")
        }
    }

    @Test("what is no such line is none", arguments: ["", "1 (x", "1 (x) S", "1 (x) S seven"])
    func broken(text: String) { #expect(ProcessLine(text) == nil) }

    private func text(
        name: String, state: String, threads: Int, start: Int64, flags: Int = 4_194_560, pending: Int = 0
    ) -> String {
        """
        42 (\(name)) \(state) 7 42 42 0 -1 \(flags) 1 0 0 0 0 0 0 0 20 0 \(threads) 0 \(start) 1 1 \
        18446744073709551615 1 1 0 0 0 \(pending) 0 4096 0
        """
    }
}

@Suite struct ProcessTableTests {
    @Test("only another start time or the kernel's word is an end")
    func ends() throws {
        let status = try #require(ProcessTable.status(of: getpid()))
        func process(_ pid: Int32, _ start: Int64) -> ProcessIdentity { .init(pid: pid, startTicks: start) }
        #expect(!ProcessTable.hasEnded(process(getpid(), status.startTicks)))
        #expect(!ProcessTable.hasEnded(process(getpid(), 0)), "an unknown start is no other start")
        #expect(ProcessTable.hasEnded(process(getpid(), status.startTicks + 1)))
        #expect(ProcessTable.hasEnded(process(getpid(), ProcessIdentity.endedTicks)))
        // proc(5), /proc/sys/kernel/pid_max: no process has a number above 2^22.
        #expect(ProcessTable.hasEnded(process(1 << 23, 1)))
        #expect(!ProcessTable.hasEnded(process(0, 0)), "a peer in another pid namespace is no dead one")
    }

    @Test("a child that ended and was not waited for has ended")
    func zombies() throws {
        var child: pid_t = 0
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
        defer { free(arguments[0]) }
        #expect(posix_spawnp(&child, "true", nil, nil, &arguments, environ) == 0)
        var info = siginfo_t()
        #expect(waitid(P_PID, id_t(child), &info, WEXITED | WNOWAIT) == 0)
        #expect(ProcessTable.look(at: child) == .ended)
        var status: Int32 = 0
        waitpid(child, &status, 0)
        #expect(ProcessTable.look(at: child) == .ended)
    }

    @Test("this process is its own ancestor, and process 1 is everybody's")
    func ancestors() throws {
        let own = getpid()
        #expect(ProcessTable.ancestor(own, of: own)?.pid == own)
        #expect(ProcessTable.ancestor(1, of: own)?.pid == 1)
        #expect(ProcessTable.ancestor(own, of: 1) == nil)
    }
}
