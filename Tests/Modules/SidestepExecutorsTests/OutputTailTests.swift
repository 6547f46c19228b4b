import SidestepHTTPClient
import Testing

@testable import SidestepExecutors

@Suite("What is kept of a long output")
struct OutputTailTests {
    private func tail(_ limit: Int, _ chunks: [String], secret: String? = nil) throws -> OutputTail {
        var secrets = SecretText { _ in .success(SecretBytes((secret ?? "").utf8)) }
        if secret != nil { _ = try secrets.resolve("{credential:s}".utf8) }
        var tail = OutputTail(limit: limit, secrets: secrets)
        for chunk in chunks { tail.append(Array(chunk.utf8)) }
        return tail
    }

    private func text(_ tail: OutputTail) -> String { String(decoding: tail.bytes, as: UTF8.self) }

    @Test(
        "All of it at the limit, the end past it, however it comes in pieces",
        arguments: [
            (["abcde"], "abcde", false), (["abcdef"], "bcdef", true),
            (["a", "b", "c", "d", "e"], "abcde", false),
            (["a", "b", "c", "d", "e", "f"], "bcdef", true), (["abcdefghij", "k"], "ghijk", true),
            ([""], "", false), ([], "", false), (["abc", "", "def"], "bcdef", true),
        ])
    func cut(_ chunks: [String], _ wanted: String, _ isCut: Bool) throws {
        let tail = try tail(5, chunks)
        #expect(text(tail) == wanted)
        #expect(tail.isCut == isCut)
        #expect(tail.total == chunks.joined().utf8.count)
    }

    @Test("What was cut begins with a whole character", arguments: ["é", "€", "🙂"])
    func characters(_ character: String) throws {
        for limit in 4...8 {
            let kept = text(try tail(limit, ["xx\(character)yyy"]))
            #expect(!kept.contains("\u{FFFD}"), "limit \(limit)")
            #expect("xx\(character)yyy".hasSuffix(kept))
        }
    }

    @Test("Nothing of a secret is kept, wherever the limit cuts it")
    func secrets() throws {
        let secret = "0123456789"
        for before in 0..<40 {
            let output = String(repeating: "a", count: before) + secret + String(repeating: "b", count: 12)
            for size in [1, 3, 100] {
                let bytes = Array(output.utf8)
                let chunks = stride(from: 0, to: bytes.count, by: size).map {
                    String(decoding: bytes[$0..<min($0 + size, bytes.count)], as: UTF8.self)
                }
                let kept = text(try tail(16, chunks, secret: secret))
                #expect(!kept.contains { $0.isNumber }, "\(before) before, pieces of \(size): \(kept)")
                #expect(kept.hasSuffix("bbbbbbbbbbbb"))
            }
        }
    }

    @Test("No more memory than the limit and a piece")
    func memory() throws {
        var tail = try tail(100, [])
        for _ in 0..<1000 { tail.append([UInt8](repeating: 1, count: 10)) }
        #expect(tail.total == 10_000)
        #expect(tail.bytes.count == 100)
        #expect(tail.kept < 120)
    }
}
