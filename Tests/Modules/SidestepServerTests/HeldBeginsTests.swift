import SidestepEngine
import SidestepModel
import Testing

@testable import SidestepServer

@Suite("Beginnings that are held")
struct HeldBeginsTests {
    private static let proof = LeaseProof.session(run: "r")

    private func held(_ step: String, _ proof: LeaseProof = Self.proof, at: Int64 = 0) -> HeldBegins.Held {
        HeldBegins.Held(
            begun: UnwrittenBegin(begin: BeginStep(proof: proof, step: step), at: Instant(milliseconds: at)),
            work: { _ in { _, _ in .done([]) } })
    }

    @Test("are taken by the outcome of their step under their lease, each once")
    func taking() {
        var begins = HeldBegins()
        begins.insert(held("a"))
        begins.insert(held("b"))
        begins.insert(held("a", .session(run: "other")))
        #expect(begins.take("a", .text("l", run: "r")) == nil)
        #expect(begins.take("a", Self.proof)?.begin.proof == Self.proof)
        #expect(begins.take("a", Self.proof) == nil)
        #expect(begins.takeAll().map(\.begun.begin.step) == ["b", "a"])
        #expect(begins.isEmpty)
    }

    @Test("are written in the order in which they came, a step that came again with what it said last")
    func order() {
        var begins = HeldBegins()
        for step in ["a", "b", "c"] { begins.insert(held(step)) }
        begins.insert(held("a", at: 7))
        let all = begins.takeAll()
        #expect(all.map(\.begun.begin.step) == ["a", "b", "c"])
        #expect(all[0].begun.at.milliseconds == 7)
    }

    @Test("are full at their limit")
    func limit() {
        var begins = HeldBegins()
        for number in 1...HeldBegins.limit {
            #expect(!begins.isFull)
            begins.insert(held("\(number)"))
        }
        #expect(begins.isFull)
    }
}
