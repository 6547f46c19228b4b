import SidestepProtocol
import SidestepRecording
import Testing

@Suite("Bodies that the daemon gets encrypted")
struct SealTests {
    private let key = RecordingKey(file: [UInt8](repeating: 3, count: 32))!
    private let request = Array(
        #"{"messages":[{"content":"one"},{"content":"two"},{"content":"three"}]}"#.utf8)
    private let cuts = [13, 30, 48]
    private let answer = Array("the code is 4711".utf8)
    private let parts = ReplyParts(splits: [4, 9], pauses: [1, 2, 3])

    private var seal: BodySeal { BodySeal(key, run: secret) }

    /// What `recording.get` answers of a call with such bodies.
    private func found(_ label: String?, call: String, request: [UInt8]? = nil, answer: [UInt8]? = nil)
        -> RawJSON
    {
        .build { writer in
            writer.beginObject()
            writer.object("recording") { writer in
                writer.member("recording", 1)
                writer.member("keys", [call, "1:other"])
                writer.member("sealed", label)
            }
            if let request { writer.object("request") { $0.body(request) } }
            if let answer { writer.object("response") { $0.body(answer) } }
            writer.endObject()
        }
    }

    private func pieces(_ sealed: (bytes: [UInt8], cuts: [Int])) -> [[UInt8]] {
        zip([0] + sealed.cuts, sealed.cuts + [sealed.bytes.count]).map { Array(sealed.bytes[$0..<$1]) }
    }

    @Test("a key is read as bytes, in hexadecimal and in base64, and nothing else is one")
    func keys() {
        let bytes = (0..<32).map { UInt8($0 * 7) }
        let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let ways = [
            bytes, Array(digits.utf8), Array((digits.uppercased() + "\n").utf8),
            Array((Base64.encode(bytes) + "\n").utf8),
        ]
        #expect(Set(ways.map { RecordingKey(file: $0)?.name }).count == 1)
        #expect(RecordingKey(file: bytes)?.name.utf8.count == 16)
        #expect(RecordingKey(file: bytes) != key)
        for wrong in [
            [], Array(bytes.dropLast()), bytes + [10], Array(digits.dropLast().utf8), Array("no key".utf8),
        ] {
            #expect(RecordingKey(file: wrong) == nil)
        }
    }

    @Test("requests and answers come back as they were, and nothing of them stands in what is kept")
    func roundTrip() throws {
        let sealed = seal.seal(request: request, cuts: cuts, of: "0:a")
        #expect(try seal.open(request: sealed.bytes, of: "0:a") == request)
        let kept = seal.seal(answer: answer, in: parts, of: "0:a")
        let opened = try seal.open(answer: kept, of: "0:a")
        #expect(opened.body == answer && opened.parts == parts)
        for bytes in [sealed.bytes, kept] {
            let text = String(decoding: bytes, as: UTF8.self)
            for word in ["one", "three", "content", "4711", "splits"] { #expect(!text.contains(word)) }
        }
        let empty = seal.seal(request: [], cuts: [], of: "0:a")
        #expect(try seal.open(request: empty.bytes, of: "0:a") == [])
    }

    @Test(
        "equal pieces of one run are equal bytes, so that each is kept once; those of other runs and keys are not"
    )
    func sharing() {
        let longer = request.dropLast(2) + Array(#",{"content":"four"}]}"#.utf8)
        let first = pieces(seal.seal(request: request, cuts: cuts, of: "0:a"))
        let second = pieces(seal.seal(request: Array(longer), cuts: cuts + [request.count - 2], of: "0:b"))
        #expect(first.prefix(3) == second.prefix(3))
        #expect(first.last != second.last)
        let otherRun = BodySeal(key, run: [UInt8](repeating: 8, count: 32))
        #expect(Set(pieces(otherRun.seal(request: request, cuts: cuts, of: "0:a"))).isDisjoint(with: first))
        let otherKey = BodySeal(RecordingKey(file: [UInt8](repeating: 4, count: 32))!, run: secret)
        #expect(Set(pieces(otherKey.seal(request: request, cuts: cuts, of: "0:a"))).isDisjoint(with: first))
    }

    @Test("no piece can be changed, left out, moved or taken from another call")
    func swapped() {
        let sealed = seal.seal(request: request, cuts: cuts, of: "0:a")
        let all = pieces(sealed)
        let other = pieces(seal.seal(request: Array(request.reversed()), cuts: cuts, of: "0:b"))
        let orders: [[[UInt8]]] = [
            all.dropLast(), Array(all.dropFirst()), all.reversed(), [], [all[1], all[0]] + all[2...],
            all.dropLast() + [other[other.count - 1]], [other[0]] + all.dropFirst(), all + [all[0]],
            [all[0]] + all,
        ]
        var forged: [[UInt8]] = orders.map { order in order.reduce([], +) }
        var dice = Dice(5)
        for _ in 0..<200 {
            var bytes = sealed.bytes
            bytes[Int.random(in: 0..<bytes.count, using: &dice)] ^= 1 << UInt8.random(in: 0..<8, using: &dice)
            forged.append(bytes)
            forged.append(Array(sealed.bytes.prefix(Int.random(in: 0..<bytes.count, using: &dice))))
        }
        for bytes in forged {
            #expect(throws: SealProblem.changed) { try seal.open(request: bytes, of: "0:a") }
        }
        #expect(throws: SealProblem.changed) { try seal.open(request: sealed.bytes, of: "0:b") }
    }

    @Test("an answer is that of its call, and of no other one")
    func swappedAnswers() {
        let kept = seal.seal(answer: answer, in: parts, of: "0:a")
        #expect(throws: SealProblem.changed) { try seal.open(answer: kept, of: "0:b") }
        #expect(throws: SealProblem.changed) { try seal.open(answer: kept + [0], of: "0:a") }
        #expect(throws: SealProblem.changed) { try seal.open(answer: Array(kept.dropLast()), of: "0:a") }
        #expect(throws: SealProblem.changed) { try seal.open(request: kept, of: "0:a") }
        let other = BodySeal(key, run: [UInt8](repeating: 8, count: 32))
        #expect(throws: SealProblem.changed) { try other.open(answer: kept, of: "0:a") }
    }

    @Test("what is kept is read with its key, as it is where it is not encrypted, and with no other key")
    func readers() throws {
        let bodies = KeptBodies(key)
        let kept = found(
            seal.label, call: "0:a", request: seal.seal(request: request, cuts: [], of: "0:a").bytes,
            answer: seal.seal(answer: answer, in: parts, of: "0:a"))
        #expect(try bodies.request(kept) == request)
        #expect(try bodies.answer(kept)?.body == answer)
        let opened = try bodies.opened(kept)
        #expect(opened["response"]?["text"]?.string == "the code is 4711")
        #expect(opened["response"]?["splits"]?.elements.count == 2)
        let plain = found(nil, call: "0:a", request: request, answer: answer)
        for reader in [bodies, KeptBodies(nil)] {
            #expect(try reader.request(plain) == request && reader.answer(plain)?.body == answer)
            #expect(try reader.request(found(nil, call: "0:a")) == nil)
        }
        let name = key.name
        #expect(throws: SealProblem.noKey(name)) { try KeptBodies(nil).answer(kept) }
        let other = RecordingKey(file: [UInt8](repeating: 4, count: 32))!
        #expect(throws: SealProblem.otherKey(name, given: other.name)) { try KeptBodies(other).request(kept) }
        #expect(throws: SealProblem.unknown) { try BodySeal(key, label: "9:x:y") }
        let moved = found(seal.label, call: "0:b", answer: seal.seal(answer: answer, in: parts, of: "0:a"))
        #expect(throws: SealProblem.changed) { try bodies.answer(moved) }
    }

    @Test("an answer that somebody writes for a call is encrypted as the call's own")
    func forked() throws {
        let call = found(seal.label, call: "0:a")
        let written = try KeptBodies(key).sealed(answer: answer, for: call)
        #expect(try seal.open(answer: written, of: "0:a").body == answer)
        #expect(try KeptBodies(nil).sealed(answer: answer, for: found(nil, call: "0:a")) == answer)
        #expect(throws: SealProblem.noKey(key.name)) { try KeptBodies(nil).sealed(answer: answer, for: call) }
    }

    @Test("keys of calls follow from the run's secret and the user's key together")
    func secrets() {
        let own = key.secretOfKeys(run: secret)
        #expect(own.count == 32 && own != secret)
        #expect(own != key.secretOfKeys(run: [UInt8](repeating: 8, count: 32)))
        #expect(own != RecordingKey(file: [UInt8](repeating: 4, count: 32))?.secretOfKeys(run: secret))
    }
}
