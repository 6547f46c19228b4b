import SidestepModel
import Synchronization

/// A clock that stands still until a test moves it.
public final class TestClock: MovableClock {
    private let reading = Mutex<(wall: Int64, boot: Int64)>((1_700_000_000_000, 1_000_000))

    public init() {}

    public func now() -> Instant { Instant(milliseconds: reading.withLock { $0.wall }) }
    public func sinceBoot() -> Int64 { reading.withLock { $0.boot } }

    /// Time passes.
    public func advance(_ span: Int64) { reading.withLock { $0 = ($0.wall + span, $0.boot + span) } }
    public func advance(milliseconds: Int64) { advance(milliseconds) }

    /// Somebody sets the wall clock.
    public func set(by jump: Int64) { reading.withLock { $0.wall += jump } }
}

/// Random numbers that a seed repeats: SplitMix64.
public final class SeededRandom: RandomSource {
    private let state: Mutex<UInt64>

    public init(seed: UInt64) { state = Mutex(seed) }

    public func next() -> UInt64 {
        state.withLock { state in
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
            return mixed ^ mixed >> 31
        }
    }

    public func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }

    /// A number in `0..<limit`.
    public func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

    public func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// True once in `count` times.
    public func oneIn(_ count: Int) -> Bool { below(count) == 0 }
}
