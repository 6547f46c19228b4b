/// What a random program does: a tree, the same for the same seed, and the number that it comes to.
indirect enum Plan: Sendable {
    /// A step that has an effect.
    case step(String, Int)
    /// A step with steps within.
    case nested(String, [Plan])
    /// One after the other.
    case sequence([Plan])
    /// At the same time, each in a child task; they end in another order every time.
    case group([Plan])
    /// The same step for many values at the same time, in a task group.
    case fan(String, [Int])
    /// Steps told apart by keys.
    case keyed(String, [Int])
    /// A signal that was sent before anybody waited for it.
    case signal(String, Int)
    /// A wait that its task gives up, and a step after it.
    case givenUp(String, Int)
    /// A durable sleep.
    case sleep(String, Int)
    /// The output of a child that a worker executes.
    case child(String, Int)

    /// What it comes to, without executing anything.
    var answer: Int {
        switch self {
        case .step(_, let value), .signal(_, let value), .givenUp(_, let value): value
        case .nested(_, let plans): 1 + plans.reduce(0) { $0 + $1.answer }
        case .sequence(let plans): plans.reduce(0) { ($0 * 31 + $1.answer) % 1_000_003 }
        case .group(let plans): plans.reduce(0) { ($0 * 17 + $1.answer) % 1_000_003 }
        case .fan(_, let values), .keyed(_, let values): values.reduce(0) { ($0 * 7 + $1 * $1) % 1_000_003 }
        case .sleep: 0
        case .child(_, let value): value * 3
        }
    }

    /// The signals that it waits for, with their values.
    var signals: [(String, Int)] {
        switch self {
        case .signal(let name, let value): [(name, value)]
        case .nested(_, let plans), .sequence(let plans), .group(let plans): plans.flatMap(\.signals)
        default: []
        }
    }
}

/// Random numbers that come again: SplitMix64.
struct Chance {
    private var state: UInt64

    init(_ seed: Int) { state = UInt64(bitPattern: Int64(seed)) }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

extension Plan {
    /// A program of some twenty calls.
    static func random(seed: Int) -> Plan {
        var maker = PlanMaker(chance: Chance(seed))
        return .sequence((0..<5 + maker.chance.below(4)).map { _ in maker.plan(depth: 2) })
    }
}

private struct PlanMaker {
    var chance: Chance
    private var count = 0

    init(chance: Chance) { self.chance = chance }

    mutating func plan(depth: Int) -> Plan {
        count += 1
        let (name, value) = ("n\(count)", chance.below(1000))
        switch chance.below(depth > 0 ? 12 : 7) {
        case 0, 1: return .step(name, value)
        // Names that others have, too: told apart by what they are called with, or by keys.
        case 2: return .fan("fan\(count)", values)
        case 3: return .keyed("keyed\(count)", values)
        case 4: return .signal(name, value)
        case 5: return chance.below(2) == 0 ? .givenUp(name, value) : .sleep(name, 1 + chance.below(20))
        case 6: return .child(name, value)
        case 7: return .nested(name, [.step(name + "a", value), .step(name + "b", chance.below(1000))])
        case 8, 9: return .sequence(plans(depth))
        default: return .group(plans(depth))
        }
    }

    private var values: [Int] {
        mutating get { (0..<2 + chance.below(5)).map { _ in 0 }.indices.map { $0 * 10 + chance.below(10) } }
    }

    private mutating func plans(_ depth: Int) -> [Plan] {
        (0..<2 + chance.below(3)).map { _ in plan(depth: depth - 1) }
    }
}
