import SidestepEngine
import SidestepModel

/// `step.begin` notifications of one connection that are not written yet.
///
/// A step that ends within a moment is written once, with its outcome; one that lasts is written by
/// itself soon, so that everybody sees it running. Losing such a notification in a crash is harmless:
/// the step is then begun again.
struct HeldBegins {
    /// How many one connection may have; past it they are written at once.
    static let limit = 256
    /// A notification of more bytes is written at once.
    static let bytes = 16 << 10

    struct Held {
        let begun: UnwrittenBegin
        let work: @Sendable (BeginStep) -> Call.Work

        fileprivate func isOf(_ step: String, _ proof: LeaseProof) -> Bool {
            begun.begin.step == step && begun.begin.proof == proof
        }
    }

    /// In the order in which they came. Most connections have one, so it is looked for one by one.
    private var all: [Held] = []

    var isEmpty: Bool { all.isEmpty }
    var isFull: Bool { all.count >= Self.limit }

    mutating func insert(_ held: Held) {
        if let place = place(held.begun.begin.step, held.begun.begin.proof) {
            all[place] = held
        } else {
            all.append(held)
        }
    }

    /// The beginning that belongs to an outcome; it will not be written by itself any more.
    mutating func take(_ step: String, _ proof: LeaseProof) -> UnwrittenBegin? {
        place(step, proof).map { all.remove(at: $0).begun }
    }

    /// All of them, in the order in which they came.
    mutating func takeAll() -> [Held] {
        defer { all = [] }
        return all
    }

    private func place(_ step: String, _ proof: LeaseProof) -> Int? {
        all.firstIndex { $0.isOf(step, proof) }
    }
}
