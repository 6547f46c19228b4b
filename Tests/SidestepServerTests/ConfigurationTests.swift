import SidestepModel
import Testing

@testable import SidestepDaemon

@Suite struct ConfigurationTests {
    @Test("settings, comments and blanks are read")
    func reading() throws {
        var configuration = Configuration()
        try configuration.parse(
            "# mine\n\n socket = /a b/s  # there\nlimits.depth=7\nrestart_grace_ms = 5\n", "f")
        #expect(configuration.socket == "/a b/s")
        #expect(configuration.limits.depth == 7)
        #expect(configuration.restartGraceMilliseconds == 5)
    }

    @Test(
        "a mistake names its line and what is known",
        arguments: [
            ("a\n", "line 1"), ("\nlimits.depth = many", "line 2"), ("limits.depth = 0", "positive"),
            ("log_level = loud", "warning"), ("sokcet = x", "socket"),
        ])
    func mistakes(text: String, word: String) {
        #expect {
            var configuration = Configuration()
            try configuration.parse(text, "f")
        } throws: { error in
            ((error as? StartError)?.description ?? "").contains(word)
        }
    }
}
