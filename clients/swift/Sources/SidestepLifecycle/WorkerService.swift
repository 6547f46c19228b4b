import ServiceLifecycle
import Sidestep

/// A worker as a service among others of a server.
///
///     let group = ServiceGroup(
///         services: [database, WorkerService(worker)], gracefulShutdownSignals: [.sigterm], logger: logger)
///     try await group.run()
///
/// On a graceful shutdown it takes no more runs, and ends when those that it executes have an end, or their time is
/// over.
public struct WorkerService: Service {
    private let worker: Worker
    private let shutdown: Worker.Shutdown

    /// - Parameter shutdown: what becomes of the runs that are being executed.
    public init(_ worker: Worker, shutdown: Worker.Shutdown = .drain(.seconds(30))) {
        self.worker = worker
        self.shutdown = shutdown
    }

    /// Executes runs until the graceful shutdown, or until its task is cancelled.
    public func run() async throws {
        try await worker.run(shutdown: shutdown) { try? await gracefulShutdown() }
    }
}
