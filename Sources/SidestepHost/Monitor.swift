import Glibc

/// A mutex with a condition, for threads that wait for work.
///
/// Unchecked, because the C objects live at a stable address that only this class hands out.
public final class Monitor: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    /// Nobody holds it, and nobody waits.
    public init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Does something that no other thread does at the same time.
    public func locked<T>(_ body: () throws -> T) rethrows -> T {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body()
    }

    /// Waits, inside `locked`, for a signal.
    public func wait() { pthread_cond_wait(condition, mutex) }

    /// Wakes one that waits.
    public func signal() { pthread_cond_signal(condition) }
    /// Wakes all that wait.
    public func broadcast() { pthread_cond_broadcast(condition) }
}
