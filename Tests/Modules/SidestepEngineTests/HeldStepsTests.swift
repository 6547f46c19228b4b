import SidestepModel
import Testing

@testable import SidestepEngine

@Suite struct HeldStepsTests {
    private let process = ProcessIdentity(pid: 7, startTicks: 1)

    @Test("a step that has an outcome is forgotten, and its process with the last of them")
    func forgetting() {
        var steps = HeldSteps()
        for number in 0..<3 {
            steps.insert(HeldSteps.Name(run: 1, step: "s\(number)"), process, attempt: 1)
        }
        for number in 0..<3 {
            #expect(steps.contains(process))
            #expect(steps.remove(HeldSteps.Name(run: 1, step: "s\(number)")) == process)
        }
        #expect(!steps.contains(process))
        #expect(steps.count == 0)
    }

    @Test("a process that ends gives back what it executes now, under the newest attempt")
    func ending() {
        var steps = HeldSteps()
        let name = HeldSteps.Name(run: 1, step: "s")
        steps.insert(name, ProcessIdentity(pid: 8, startTicks: 1), attempt: 1)
        steps.insert(name, process, attempt: 2)
        #expect(steps.take(ProcessIdentity(pid: 8, startTicks: 1)).isEmpty)
        #expect(steps.take(process).map(\.attempt) == [2])
        #expect(steps.count == 0)
    }
}
