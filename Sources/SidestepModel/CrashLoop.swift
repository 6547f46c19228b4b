/// How a run is kept from being handed to one worker after the other that dies of it.
public enum CrashLoop {
    /// Milliseconds before a worker may have a run whose owner died so often without progress; nil is at once.
    ///
    /// The first death is an accident: the next worker goes on at once. From the second on the pause doubles, from
    /// one second to a minute.
    public static func delay(interruptions: Int64) -> Int64? {
        guard interruptions > 1 else { return nil }
        return min(60_000, 1000 << min(interruptions - 2, 6))
    }
}
