import Glibc
import Testing

@testable import SidestepExecutors

@Suite("A program that could not be started")
struct StartProblemTests {
    @Test(
        "may be tried again where the system had no room for it", arguments: [EMFILE, ENFILE, EAGAIN, ENOMEM])
    func passes(number: Int32) {
        let problem = StartProblem(number: number)
        #expect(problem.passes)
        #expect(!problem.isMissing)
    }

    @Test(
        "is missing where nothing has its name, and not where its directory is", arguments: [ENOENT, ENOTDIR])
    func missing(number: Int32) {
        #expect(StartProblem(number: number).isMissing)
        #expect(!StartProblem(number: number).passes)
        let lost = StartProblem(number: number, directory: "/no/such/place")
        #expect(!lost.isMissing)
        #expect(lost.text.hasPrefix("its directory /no/such/place: "))
    }

    @Test("is there, and may not be executed", arguments: [EACCES, ENOEXEC, E2BIG])
    func refused(number: Int32) {
        let problem = StartProblem(number: number)
        #expect((problem.isMissing, problem.passes) == (false, false))
    }
}
