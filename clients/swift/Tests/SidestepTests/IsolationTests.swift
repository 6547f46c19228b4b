import SidestepProtocol
import Testing

@testable import Sidestep

/// What the caller hands over is executed where the caller is.
@MainActor @Suite(.timeLimit(.minutes(10))) struct IsolationTests {
    @MainActor private final class Screen {
        var workflow = "w"
        var lines = 0
    }

    @Test("parameters may be written from what belongs to the main actor")
    func parameters() async throws {
        let (daemon, screen) = (try await LocalDaemon(), Screen())
        let sidestep = try await daemon.connect()
        let runs = try await sidestep.call("run.list") { $0.member("workflow", screen.workflow) }
        #expect(runs["runs"]?.elements.isEmpty == true)
    }

    @Test("an export may be taken by the main actor")
    func export() async throws {
        let (daemon, screen) = (try await LocalDaemon(), Screen())
        let sidestep = try await daemon.connect()
        try await sidestep.resume("r").complete()
        try await sidestep.export("r") { screen.lines += $0.count }
        #expect(screen.lines > 1)
    }
}
