import Glibc
import SidestepHost
import Testing

@Suite("The end of a child")
struct ChildEndTests {
    @Test(
        "is told by its status as shells tell it",
        arguments: [
            (0, 0, nil), (3 << 8, 3, nil), (255 << 8, 255, nil), (9, 137, 9),
            // With a core file.
            (0x80 | 11, 139, 11),
        ] as [(Int32, Int32, Int32?)])
    func ends(waited: Int32, status: Int32, signal: Int32?) {
        let end = ChildEnd(waited: waited)
        #expect(end.status == status)
        #expect(end.signal == signal)
    }

    @Test("is not known of a process that is no child of ours")
    func foreign() {
        #expect(ChildEnd.hasCome(to: getppid()))
        #expect(ChildEnd.wait(for: getppid()) == nil)
        #expect(errno == ECHILD)
    }

    @Test("a pipe is inherited by nobody")
    func pipes() throws {
        let (reader, writer) = try #require(Spawning.pipe())
        for end in [reader, writer] {
            #expect(fcntl(end, F_GETFD) & FD_CLOEXEC == FD_CLOEXEC)
            close(end)
        }
    }
}
