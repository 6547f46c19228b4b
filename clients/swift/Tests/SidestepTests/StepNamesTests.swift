import Testing

@testable import Sidestep

@Suite struct StepNamesTests {
    @Test("a repeated name is numbered from the second occurrence on")
    func repeats() {
        var names = StepNames()
        #expect((1...3).map { _ in names.next("s", in: nil) } == ["s", "s#2", "s#3"])
        #expect(names.next("t", in: nil) == "t")
    }

    @Test("occurrences are counted per enclosing step")
    func scopes() {
        var names = StepNames()
        #expect(names.next("in", in: "outer") == "outer/in")
        #expect(names.next("in", in: "outer") == "outer/in#2")
        #expect(names.next("in", in: "outer#2") == "outer#2/in")
        #expect(names.next("in", in: nil) == "in")
    }

    @Test("a derived name that is taken counts on")
    func taken() {
        var names = StepNames()
        #expect(names.next("s#2", in: nil) == "s#2")
        #expect(names.next("s", in: nil) == "s")
        #expect(names.next("s", in: nil) == "s#3")
    }

    @Test("a body that is executed again counts from the start, the rest goes on")
    func forget() {
        var names = StepNames()
        _ = names.next("outer", in: nil)
        _ = names.next("in", in: "outer")
        _ = names.next("outer-too", in: nil)
        let forgotten = (1...2).map { _ in names.forget(within: "outer") }
        #expect(forgotten == [true, false])
        #expect(names.next("in", in: "outer") == "outer/in")
        #expect(names.next("outer-too", in: nil) == "outer-too#2")
    }

    @Test("a name of 1024 bytes stays, a longer one ends in its hash")
    func long() {
        let fits = String(repeating: "x", count: 1024)
        #expect(StepNames.shortened(fits) == fits)
        let short = StepNames.shortened(fits + "x")
        #expect(short.utf8.count == 1024)
        #expect(
            short == String(repeating: "x", count: 959) + "~" + SHA256.hexDigest(of: Array((fits + "x").utf8))
        )
    }

    @Test("no character is cut when a name is shortened")
    func longWithCharacters() {
        let short = StepNames.shortened(String(repeating: "é", count: 600))
        #expect(short.hasPrefix(String(repeating: "é", count: 479) + "~"))
        #expect(short.utf8.count == 958 + 65)
    }

    @Test(
        "SHA-256 gives the digests of FIPS 180-4",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                String(repeating: "a", count: 1000),
                "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"
            ),
        ])
    func digests(text: String, digest: String) {
        #expect(SHA256.hexDigest(of: Array(text.utf8)) == digest)
    }
}
