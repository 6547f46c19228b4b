import SidestepModel
import Testing

@testable import SidestepSettings

@Suite("Settings")
struct SettingsTests {
    static let accounts = Accounts(
        user: { ["alice": 1000, "bob": 1001][$0] }, group: { ["ops": 27][$0] })

    private func read(_ text: String) throws -> EffectiveSettings {
        var settings = EffectiveSettings(standard: Configuration())
        try settings.take(file: Array(text.utf8), at: "f", Self.accounts)
        return settings
    }

    @Test("are read from lines with comments, blanks and carriage returns")
    func reading() throws {
        let settings = try read(
            "# mine\n\n socket = /a b/s  # there\r\nlimits.depth=9\nrestart_grace_ms = 5\n")
        #expect(settings.values.socket == "/a b/s")
        #expect(settings.values.limits.depth == 9)
        #expect(settings.values.restartGraceMilliseconds == 5)
        #expect(settings.origin(SettingsTable.named("limits.depth")!) == .file("f", line: 4))
        #expect(settings.origin(SettingsTable.named("log_level")!) == .standard)
    }

    @Test(
        "that cannot be meant are refused with their line and what they may be",
        arguments: [
            ("a\n", "line 1"), ("\nlimits.depth = many", "line 2"), ("limits.depth = 0", "8 to 512"),
            ("log_level = loud", "warning"), ("sokcet = x", "socket"), ("socket = s", "slash"),
            ("database =", "slash"), ("retention_days = 36501", "36500"), ("retention_days = -1", "for ever"),
            ("idle_exit_ms = 999", "1000"), ("reconnect_grace_ms = 0", "from 1"),
            ("admin_group = nobodies", "group `nobodies`"), ("exec_users = alice, carol", "user `carol`"),
            ("http_allow_private = true", "yes or no"), ("http_hosts = https://a.example", "name of a host"),
            ("http_hosts = a.example:80", "name of a host"),
            ("http_proxy = not a proxy", "address of a proxy"),
            ("http_proxy = ftp://a:1", "address of a proxy"), ("http_proxy = a:0", "address of a proxy"),
            ("http_proxy = a:65536", "address of a proxy"), ("http_proxy = http://:80", "address of a proxy"),
            ("log_level = info\nlog_level = info", "line 1 already"), ("socket = /\u{0}", "UTF-8"),
            ("socket = /" + String(repeating: "x", count: 4096), "4096"),
            (String(repeating: "#\n", count: 600_000), "1048576"),
        ])
    func mistakes(text: String, word: String) {
        #expect { try read(text) } throws: { error in
            (error as? Mistake)?.description.contains(word) == true
        }
    }

    @Test("that are no text are refused")
    func noText() {
        var settings = EffectiveSettings(standard: Configuration())
        #expect(throws: Mistake("f, line 2: it is no text in UTF-8.")) {
            try settings.take(file: [10, 0xff, 0xfe], at: "f", Self.accounts)
        }
    }

    @Test(
        "of a proxy may be any address that curl takes",
        arguments: [
            "proxy:3128", "proxy.example.org", "http://10.0.0.1:3128", "https://[fd00::1]:443", "[::1]",
            "socks5h://user:secret@proxy:1080", "http://proxy:3128/", "",
        ])
    func proxies(text: String) throws { #expect(try read("http_proxy = \(text)").values.httpProxy == text) }

    @Test("show no password")
    func password() throws {
        let settings = try read("http_proxy = socks5://user:secret@proxy:1080")
        #expect(SettingsTable.named("http_proxy")!.text(settings.values) == "socks5://…@proxy:1080")
        #expect { try read("http_proxy = http://user:secret@") } throws: { !"\($0)".contains("secret") }
    }

    @Test("name users and groups by name or number")
    func accounts() throws {
        let settings = try read("exec_users = alice , 7\nadmin_group = ops")
        #expect(
            settings.values.execUsers
                == .named([Account(name: "alice", number: 1000), Account(name: "7", number: 7)]))
        #expect(settings.values.adminGroup == Account(name: "ops", number: 27))
        #expect(try read("exec_users = *").values.execUsers == .everybody)
    }

    @Test("are written as they are read: what the checker prints is a configuration")
    func roundTrip() throws {
        var first = try read(
            "exec_users = alice, bob\nhttp_hosts = a.example, .b.example\nretention_days = 0")
        for path in ["socket", "database", "credentials_directory"] {
            try first.take(SettingsTable.named(path)!, "/\(path)", from: .flag("--x"), Self.accounts)
        }
        let text = SettingsTable.all.map { "\($0.name) = \($0.text(first.values))  # \(first.origin($0))" }
        #expect(try read(text.joined(separator: "\n")).values == first.values)
    }

    @Test("come from flags before the environment before the file")
    func order() throws {
        var settings = try read("log_level = debug\nsocket = /file")
        try settings.take(
            environment: ["SIDESTEP_SOCKET": "/variable", "SIDESTEP_LOG_LEVEL": ""], Self.accounts)
        #expect(settings.values.socket == "/variable")
        #expect(settings.values.logLevel == "debug")
        #expect(throws: Mistake.self) {
            try settings.take(environment: ["SIDESTEP_DATABASE": "relative"], Self.accounts)
        }
    }

    @Test("that change are told apart: those taken at once and those that wait for the next start")
    func reload() throws {
        let first = try read("socket = /a\nlog_level = info")
        let next = try read("socket = /b\nlog_level = debug\nhttp_proxy = p:1")
        #expect(first.changes(to: next) == (["log_level", "http_proxy"], ["socket"]))
        let held = first.reloaded(next)
        #expect(held.values.socket == "/a")
        #expect(held.values.logLevel == "debug")
        #expect(held.origin(SettingsTable.named("socket")!) == .file("f", line: 1))
    }
}
