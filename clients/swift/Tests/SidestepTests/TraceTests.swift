import SidestepModel
import SidestepProtocol
import Synchronization
import Testing

@testable import Sidestep

/// Where a run and its steps stand in a trace, with a real daemon whose collector is not there.
@Suite("A trace", .timeLimit(.minutes(10))) struct TraceTests {
    private static let given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    private func client(
        _ settings: String = "otlp_endpoint = http://127.0.0.1:9\n", observer: (any Observer)? = nil
    ) async throws -> (SidestepClient, LocalDaemon) {
        let daemon = try await LocalDaemon(settings: settings)
        var configuration = SidestepClient.Configuration(socket: daemon.socket, autostart: false)
        if let observer { configuration.observers.append(observer) }
        return (try await SidestepClient.connect(configuration), daemon)
    }

    @Test("has the run below whoever began it, and each attempt of a step below the run")
    func places() async throws {
        let (client, daemon) = try await client()
        let run = try await client.resume("r", options: .with { $0.traceparent = Self.given })
        let own = try #require(run.traceparent.flatMap(TraceContext.init))
        #expect(own.trace == TraceContext(Self.given)?.trace && run.traceparent != Self.given)
        let seen = Mutex<[String?]>([])
        let twice = StepOptions(retry: RetryPolicy(maxAttempts: 2, initial: .milliseconds(1)))
        _ = try await run.step("s", options: twice) { () async throws -> Int in
            let attempts = seen.withLock { seen in
                seen.append(StepContext.current?.traceparent)
                return seen.count
            }
            if attempts == 1 { throw AttemptTimeout(limit: .zero) }
            return attempts
        }
        #expect(seen.withLock(\.self) == [1, 2].map { own.attempt($0, of: "s").text })
        withExtendedLifetime(daemon) {}
    }

    @Test("goes on in runs that a step makes, and in whoever executes them")
    func children() async throws {
        let (client, daemon) = try await client()
        let run = try await client.resume("r")
        let place = try await run.step("s") { () async throws -> String in
            try await client.enqueue("w", run: "other")
            return StepContext.current?.traceparent ?? ""
        }
        let other = try await client.call("run.get") { $0.member("run", "other") }
        let (mine, its) = (TraceContext(place), other["traceparent"]?.string.flatMap(TraceContext.init))
        #expect(mine != nil && mine?.trace == its?.trace && mine?.span != its?.span)
        withExtendedLifetime(daemon) {}
    }

    /// What observers are told of.
    private final class Seen: Observer {
        let activities = Mutex<[Activity]>([])
        var headers: [String: String] { ["traceparent": TraceTests.given] }

        func surround<Value>(
            _ activity: Activity, _ body: () async throws -> Value
        ) async throws -> Value {
            activities.withLock { $0.append(activity) }
            return try await body()
        }
    }

    @Test("is what observers put their spans in: workflows below the run, steps below their attempts")
    func observers() async throws {
        let seen = Seen()
        let (client, daemon) = try await client(observer: seen)
        let place = try await client.workflow("w", run: "r") { run in
            _ = try await run.step("s") { 1 }
            return run.traceparent
        }
        let own = try #require(place.flatMap(TraceContext.init))
        #expect(own.trace == TraceContext(Self.given)?.trace)
        let parents = seen.activities.withLock { activities in
            activities.filter { $0.kind != .call }.map { $0.headers["traceparent"] }
        }
        #expect(parents == [own.text, own.attempt(1, of: "s").text])
        withExtendedLifetime(daemon) {}
    }

    @Test("is nobody's without a collector")
    func none() async throws {
        let (client, daemon) = try await client("")
        let run = try await client.resume("r", options: .with { $0.traceparent = Self.given })
        #expect(run.traceparent == nil)
        let place = try await run.step("s") { StepContext.current?.traceparent ?? "none" }
        #expect(place == "none")
        withExtendedLifetime(daemon) {}
    }
}
