import SidestepHTTPClient
import SidestepProtocol
import Testing

@testable import SidestepExecutors

@Suite("Putting secrets in, and taking them out again")
struct SecretTextTests {
    private func text(_ secrets: [String: String]) -> SecretText {
        SecretText { name in
            secrets[name].map { .success(SecretBytes($0.utf8)) }
                ?? .failure(CredentialProblem(message: "there is no credential '\(name)'"))
        }
    }

    private func resolved(_ secrets: inout SecretText, _ text: String, isJSON: Bool = false) throws -> String
    {
        String(decoding: Array(try secrets.resolve(text.utf8, isJSON: isJSON)), as: UTF8.self)
    }

    @Test(
        "Every name is replaced by its secret, and all else stays as it is",
        arguments: [
            ("", ""), ("plain", "plain"), ("{credential:a}", "ALPHA"),
            ("Bearer {credential:a}!", "Bearer ALPHA!"),
            ("{credential:a}{credential:b}{credential:a}", "ALPHABETAALPHA"),
            ("{credential:a", "{credential:a"),
            ("{credentia:a}", "{credentia:a}"), ("{{credential:a}}", "{ALPHA}"),
            ("{cred{credential:b}", "{credBETA"),
            ("ü{credential:b}ü", "üBETAü"),
        ])
    func resolve(_ given: String, _ wanted: String) throws {
        var secrets = text(["a": "ALPHA", "b": "BETA"])
        #expect(try resolved(&secrets, given) == wanted)
        #expect(SecretText.isNamed(in: given.utf8) == given.contains("{credential:"))
    }

    @Test(
        "A name that leads elsewhere, or that is not there, is a problem",
        arguments: ["", ".hidden", "..", "a/b", "/etc/passwd", "a\0b", "missing"])
    func refuse(_ name: String) {
        var secrets = text(["a/b": "x", ".hidden": "x", "..": "x", "": "x", "/etc/passwd": "x", "a\0b": "x"])
        #expect(throws: CredentialProblem.self) { try secrets.resolve("{credential:\(name)}".utf8) }
    }

    @Test("Within JSON a secret is escaped, so that the document means it and no more")
    func json() throws {
        let secret = "a\"b\\c\n\r\t\u{1}\u{1f}d/é"
        var secrets = text(["a": secret])
        let document = RawJSON(
            validated: ArraySlice(try resolved(&secrets, #"{"k":"{credential:a}"}"#, isJSON: true).utf8))
        #expect(document["k"]?.string == secret)
    }

    @Test("Both forms of a secret are taken out wherever they stand, also side by side")
    func mask() throws {
        let secret = #"S3"cr\et"#
        var secrets = text(["a": secret])
        _ = try resolved(&secrets, "{credential:a}")
        let escaped = #"S3\"cr\\et"#
        #expect(
            secrets.masked("x\(secret)\(secret)y\(escaped)z")
                == "x{credential:a}{credential:a}y{credential:a}z")
        #expect(secrets.masked(secret) == "{credential:a}")
        #expect(secrets.isIn(SecretBytes("..\(secret)".utf8)))
        #expect(secrets.isIn(SecretBytes("..\(escaped)..".utf8)))
        #expect(!secrets.isIn(SecretBytes(secret.dropLast().utf8)))
    }

    @Test("A half secret, and a beginning that comes before the whole, stay and do not hide it")
    func partial() throws {
        var secrets = text(["a": "aab"])
        _ = try resolved(&secrets, "{credential:a}")
        #expect(secrets.masked("aaab") == "a{credential:a}")
        #expect(secrets.masked("aa") == "aa")
        #expect(secrets.masked("") == "")
    }

    @Test("Of two secrets that begin alike the longer one is taken out whole")
    func longest() throws {
        var secrets = text(["short": "key", "long": "key-and-more"])
        _ = try resolved(&secrets, "{credential:short}{credential:long}")
        #expect(secrets.masked("key-and-more key") == "{credential:long} {credential:short}")
        #expect(secrets.longest == 12)
    }

    @Test("Secrets that were not put in are not looked for, and bytes that are no text pass")
    func unused() throws {
        var secrets = text(["a": "ALPHA", "b": "BETA"])
        _ = try resolved(&secrets, "{credential:a}")
        #expect(secrets.masked("BETA") == "BETA")
        #expect(
            secrets.masked([0xFF] + Array("ALPHA".utf8) + [0]) == [0xFF] + Array("{credential:a}".utf8) + [0])
        #expect(text([:]).masked([0xFF, 0]) == [0xFF, 0])
    }
}
