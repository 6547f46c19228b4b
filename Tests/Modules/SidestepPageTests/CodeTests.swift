import Testing

@testable import SidestepPage

@Suite("Codes and cookies")
struct CodeTests {
    static let start = ContinuousClock.now

    /// A class, so that what changes it can be asked for within an expectation.
    final class Open {
        var codes = OneTimeCodes(goodFor: .seconds(60))
        func make(at now: ContinuousClock.Instant) -> String { codes.make(at: now).text }
        func take(_ text: String, at now: ContinuousClock.Instant) -> Bool { codes.take(text, at: now) }
    }

    static func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test("have 256 bits, and no two are alike")
    func random() {
        let all = Set((0..<1000).map { _ in Secret().text })
        #expect(all.count == 1000)
        #expect(all.allSatisfy { $0.utf8.count == 43 })
    }

    @Test("are compared as a whole")
    func comparing() {
        let secret = Secret(text: "abc")
        #expect(secret.isShown(by: "abc"))
        for other in ["", "ab", "abd", "bbc", "abcd", "ABC"] { #expect(!secret.isShown(by: other)) }
    }

    @Test("are good once")
    func once() {
        let codes = Open()
        let code = codes.make(at: Self.at(0))
        #expect(!codes.take("", at: Self.at(1)))
        #expect(!codes.take(String(code.dropLast()), at: Self.at(1)))
        #expect(codes.take(code, at: Self.at(1)))
        #expect(!codes.take(code, at: Self.at(1)))
    }

    @Test("are good for a minute")
    func age() {
        let codes = Open()
        let (first, second) = (codes.make(at: Self.at(0)), codes.make(at: Self.at(0)))
        #expect(codes.take(first, at: Self.at(59.9)))
        #expect(!codes.take(second, at: Self.at(60)))
    }

    @Test("give way to newer ones past sixteen")
    func many() {
        let codes = Open()
        let all = (0...16).map { _ in codes.make(at: Self.at(0)) }
        #expect(!codes.take(all[0], at: Self.at(1)))
        for code in all.dropFirst() { #expect(codes.take(code, at: Self.at(1))) }
    }

    @Test("become a cookie that no script and no other site sees")
    func cookie() {
        var sessions = Sessions(port: 7070)
        let cookie = sessions.begin(Secret(text: "abc"))
        #expect(cookie == "sidestep-7070=abc; HttpOnly; SameSite=Strict; Path=/")
        for good in [
            ["sidestep-7070=abc"], ["a=b; sidestep-7070=abc; c=d"], ["sidestep-7070=x; sidestep-7070=abc"],
        ] {
            #expect(sessions.holds(good))
        }
        for bad in [
            [], [""], ["sidestep-7071=abc"], ["sidestep-7070=abd"], ["sidestep-7070="],
            ["xsidestep-7070=abc"], ["abc"],
        ] {
            #expect(!sessions.holds(bad))
        }
    }

    @Test("are forgotten, the oldest first, past thirty-two browsers")
    func browsers() {
        var sessions = Sessions(port: 1)
        for number in 0...32 { _ = sessions.begin(Secret(text: "s\(number)")) }
        #expect(!sessions.holds(["sidestep-1=s0"]))
        #expect(sessions.holds(["sidestep-1=s1"]))
        #expect(sessions.holds(["sidestep-1=s32"]))
    }
}
