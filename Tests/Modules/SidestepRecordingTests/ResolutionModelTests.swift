import SidestepRecording
import Testing

/// Random programs of calls beside a model that looks at everything anew each time.
@Suite("Random programs")
struct ResolutionModelTests {
    private static let bodies = (0..<5).map { #"{"messages":["\#($0)"]}"# }
    private static let askings: [[Resolution.Asking]] = bodies.map { body in
        (0..<3).map { retry in
            let request = request(
                body,
                headers: [
                    (name: "content-type", value: "application/json"),
                    (name: "x-stainless-retry-count", value: "\(retry)"),
                ])
            return Resolution.Asking(request, keys: CallKeys(of: request, secret: secret))
        }
    }

    /// A client that waits for an answer.
    private struct Client {
        let body: Int
        let delivery: Resolution.Delivery
    }

    /// What is known of a recording without looking at `Resolution`.
    private struct Known {
        let body: Int
        var isCompleted = false
        var isGone = false
        var epochs: [Int: Int] = [:]
    }

    private struct Program {
        var resolution = Resolution()
        var dice: Dice
        var recordings: [Int64: Known] = [:]
        var clients: [Client] = []
        var epoch = 0
        var upstream = 0
        var failed = 0
        /// The most that any epoch asked for of each body: what has to be paid at least.
        var asked: [Int: Int] = [:]
        var wanted: [Int: Int] = [:]

        mutating func step() {
            switch Int.random(in: 0..<20, using: &dice) {
            case 0..<9: ask(Int.random(in: 0..<5, using: &dice))
            case 9..<13: complete()
            case 13..<16: deliver()
            case 16: leave()
            case 17: fail()
            default: if Int.random(in: 0..<4, using: &dice) == 0 { restart() }
            }
        }

        /// The recordings that the model would give out, in order.
        func free(_ body: Int) -> [Int64] {
            let waiting = Set(clients.map(\.delivery.recording))
            return recordings.filter { number, known in
                known.body == body && !known.isGone && known.epochs[epoch] == nil && !waiting.contains(number)
            }.keys.sorted()
        }

        mutating func ask(_ body: Int) {
            let asking = ResolutionModelTests.askings[body][0]
            let expected = free(body).first
            asked[body, default: 0] += 1
            switch resolution.resolve(asking) {
            case .replay(let delivery, let rung), .attach(let delivery, let rung):
                #expect(delivery.recording == expected && rung == .exact)
                #expect(recordings[delivery.recording]?.body == body)
                clients.append(Client(body: body, delivery: delivery))
            case .live:
                #expect(expected == nil)
                upstream += 1
                let number = Int64(recordings.count + 1)
                recordings[number] = Known(body: body)
                clients.append(Client(body: body, delivery: resolution.began(recording: number, asking)))
            }
        }

        mutating func complete() {
            let running = recordings.filter { !$0.value.isCompleted && !$0.value.isGone }.keys.sorted()
            guard let number = running.randomElement(using: &dice) else { return }
            recordings[number]?.isCompleted = true
            resolution.completed(recording: number, toolReferences: [])
        }

        mutating func deliver() {
            let ready = clients.indices.filter {
                recordings[clients[$0].delivery.recording]?.isCompleted == true
            }
            guard let index = ready.randomElement(using: &dice) else { return }
            let client = clients.remove(at: index)
            resolution.delivered(client.delivery)
            recordings[client.delivery.recording]?.epochs[epoch, default: 0] += 1
        }

        mutating func leave() {
            guard let index = clients.indices.randomElement(using: &dice) else { return }
            let client = clients.remove(at: index)
            asked[client.body, default: 0] -= 1
            resolution.broken(client.delivery)
        }

        mutating func fail() {
            let running = recordings.filter { !$0.value.isCompleted && !$0.value.isGone }.keys.sorted()
            guard let number = running.randomElement(using: &dice) else { return }
            recordings[number]?.isGone = true
            failed += 1
            if let index = clients.firstIndex(where: { $0.delivery.recording == number }) {
                asked[clients[index].body, default: 0] -= 1
                clients.remove(at: index)
            }
            resolution.failed(recording: number)
        }

        mutating func restart() {
            for (body, count) in asked { wanted[body] = max(wanted[body] ?? 0, count) }
            asked = [:]
            epoch += 1
            clients = []
            resolution.newEpoch()
        }
    }

    @Test(
        "get no key's answer for another key, no answer twice in an epoch, and pay for nothing twice",
        arguments: 0..<200)
    func programs(seed: Int) {
        var program = Program(dice: Dice(UInt64(seed + 1)))
        for _ in 0..<300 {
            let open = program.asked
            program.step()
            for (body, count) in open { program.wanted[body] = max(program.wanted[body] ?? 0, count) }
        }
        program.restart()
        for known in program.recordings.values { #expect(known.epochs.values.allSatisfy { $0 <= 1 }) }
        // As many calls as the epoch that asked most, of each body, and those that failed.
        #expect(program.upstream <= program.wanted.values.reduce(0, +) + program.failed)
    }
}
