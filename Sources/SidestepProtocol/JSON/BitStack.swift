/// The kinds of the open containers, one bit each: set for an object, clear for an array.
///
/// The first 64 levels live in the struct itself, so ordinary requests allocate nothing; only deeper ones
/// spill.
struct BitStack {
    private var top: UInt64 = 0
    private var spilled: [UInt64] = []
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }
    var topIsObject: Bool { top & 1 == 1 }

    mutating func push(object: Bool) {
        if count > 0 && count % 64 == 0 { spilled.append(top) }
        top = top << 1 | (object ? 1 : 0)
        count += 1
    }

    mutating func pop() {
        count -= 1
        top >>= 1
        if count > 0 && count % 64 == 0, let word = spilled.popLast() { top = word }
    }
}
