import Sidestep

/// Performs a plan for a run, and notes every effect and every result that it was given.
struct Performer: Sendable {
    let run: Run
    let notes: Notes
    let pauses: Pauses

    func perform(_ plan: Plan) async throws -> Int {
        switch plan {
        case .step(let name, let value): return try await step(name, value)
        case .nested(let name, let plans): return try await nested(name, plans)
        case .sequence(let plans):
            var sum = 0
            for plan in plans { sum = (sum * 31 + (try await perform(plan))) % 1_000_003 }
            return sum
        case .group(let plans): return try await group(plans)
        case .fan(let name, let values): return try await fan(name, values)
        case .keyed(let name, let values): return try await keyed(name, values)
        case .signal(let name, _): return try await run.signal(name, as: Int.self)
        case .givenUp(let name, let value): return try await givenUp(name, value)
        case .sleep(let name, let span):
            try await run.sleep(name, for: .milliseconds(span))
            return 0
        case .child(let name, let value):
            let child = try await run.enqueue(Triple.self, input: Triple.Input(name: name, value: value))
            return try await run.output(of: child)
        }
    }

    private func step(_ name: String, _ value: Int) async throws -> Int {
        let given = try await run.step(name) {
            try await effect(name)
            return value
        }
        notes.told(run.id, name)
        return given
    }

    private func nested(_ name: String, _ plans: [Plan]) async throws -> Int {
        try await run.step(name) {
            var sum = 1
            for plan in plans { sum += try await perform(plan) }
            return sum
        }
    }

    private func group(_ plans: [Plan]) async throws -> Int {
        let values = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
            for (index, plan) in plans.enumerated() { group.addTask { (index, try await perform(plan)) } }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        return plans.indices.reduce(0) { ($0 * 17 + values[$1]!) % 1_000_003 }
    }

    private func fan(_ name: String, _ values: [Int]) async throws -> Int {
        let squares = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
            for value in values {
                group.addTask {
                    let square = try await run.step(name, with: value) { value in
                        try await effect("\(name)-\(value)")
                        return value * value
                    }
                    notes.told(run.id, "\(name)-\(value)")
                    return (value, square)
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        return values.reduce(0) { ($0 * 7 + squares[$1]!) % 1_000_003 }
    }

    private func keyed(_ name: String, _ values: [Int]) async throws -> Int {
        let squares = try await run.parallel(name, over: values, id: \.description, atMost: 3) { value in
            try await effect("\(name)-\(value)")
            return value * value
        }
        for value in values { notes.told(run.id, "\(name)-\(value)") }
        return squares.reduce(0) { ($0 * 7 + $1) % 1_000_003 }
    }

    /// Waits for what never comes, in a task that is cancelled; then goes on. Within a step, as a run that only waits
    /// may be let go of, and nothing would bring this one back.
    private func givenUp(_ name: String, _ value: Int) async throws -> Int {
        try await run.step("patience-\(name)") {
            let wait = Task { try await run.signal("never") }
            try await pauses.short()
            wait.cancel()
            do { try await wait.value } catch is CancellationError {}
        }
        return try await step(name, value)
    }

    private func effect(_ name: String) async throws {
        try await pauses.short()
        notes.ran(run.id, name)
        try await pauses.short()
    }
}

/// What children do.
struct Triple: Workflow {
    static let name = "triple"
    struct Input: Codable, Sendable {
        let name: String
        let value: Int
    }

    let notes: Notes
    let pauses: Pauses

    func run(_ run: Run, input: Input) async throws -> Int {
        let performer = Performer(run: run, notes: notes, pauses: pauses)
        return try await performer.perform(.step(input.name, input.value)) * 3
    }
}

/// The random program itself; its input is its seed.
struct Program: Workflow {
    static let name = "program"

    let notes: Notes
    let pauses: Pauses

    func run(_ run: Run, input seed: Int) async throws -> Int {
        try await Performer(run: run, notes: notes, pauses: pauses).perform(.random(seed: seed))
    }
}
