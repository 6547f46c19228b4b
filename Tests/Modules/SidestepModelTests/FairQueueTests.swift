import SidestepModel
import Testing

@Suite("A fair queue")
struct FairQueueTests {
    @Test("gives each user's things in their order, and the users in turn")
    func turns() {
        var queue = FairQueue<String>()
        for number in 0..<3 { queue.append("a\(number)", of: 1) }
        queue.append("b0", of: 2)
        queue.append("c0", of: 3)
        queue.append("b1", of: 2)
        var order: [String] = []
        while let next = queue.popFirst() { order.append(next) }
        #expect(order == ["a0", "b0", "c0", "a1", "b1", "a2"])
        #expect(queue.isEmpty && queue.users == 0)
    }

    @Test("has the thing of another user behind one thing of the user who floods it")
    func flood() {
        var queue = FairQueue<Int>()
        for number in 0..<10_000 { queue.append(number, of: 1) }
        queue.append(-1, of: 2)
        #expect(queue.count(of: 1) == 10_000)
        #expect([queue.popFirst(), queue.popFirst()].contains(-1))
    }

    @Test("passes over users who may not, and they keep their places")
    func passing() {
        var queue = FairQueue<String>()
        queue.append("a", of: 1)
        queue.append("b", of: 2)
        queue.append("c", of: 3)
        #expect(queue.popFirst { $0 == 3 } == "c")
        #expect(queue.popFirst { _ in false } == nil)
        #expect(queue.popFirst() == "a")
        #expect(queue.popFirst() == "b")
    }

    @Test("takes back what was taken, before all else of its user")
    func takingBack() {
        var queue = FairQueue<String>()
        for name in ["a0", "a1", "a2"] { queue.append(name, of: 1) }
        queue.append("b0", of: 2)
        let taken = (0..<4).compactMap { _ in queue.popFirst() }
        #expect(taken == ["a0", "b0", "a1", "a2"])
        for name in ["a2", "a1"] { queue.prepend(name, of: 1) }
        queue.append("a3", of: 1)
        queue.prepend("b0", of: 2)
        #expect(queue.count == 4)
        #expect((0..<4).compactMap { _ in queue.popFirst() } == ["a1", "b0", "a2", "a3"])
    }

    @Test("loses and doubles nothing in any order of coming and going")
    func model() {
        var random = SystemRandomNumberGenerator()
        var queue = FairQueue<Int>()
        var models: [Int64: [Int]] = [:]
        for number in 0..<20_000 {
            let user = Int64.random(in: 0..<5, using: &random)
            let chance = Int.random(in: 0..<8, using: &random)
            if chance < 3 {
                queue.append(number, of: user)
                models[user, default: []].append(number)
            } else if chance == 3 {
                queue.prepend(number, of: user)
                models[user, default: []].insert(number, at: 0)
            } else if let taken = queue.popFirst(where: { $0 == user }) {
                #expect(models[user]?.removeFirst() == taken)
            } else {
                #expect(models[user]?.isEmpty ?? true)
            }
            #expect(queue.count == models.values.reduce(0) { $0 + $1.count })
        }
        #expect(Set(queue.removeAll()) == Set(models.values.joined()))
        #expect(queue.isEmpty)
    }
}
