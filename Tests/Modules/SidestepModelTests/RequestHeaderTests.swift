import SidestepModel
import Testing

@Suite("What a client may say in the headers of a request that the daemon sends for it")
struct RequestHeaderTests {
    private func isSent(_ name: String, _ value: [UInt8] = Array("x".utf8)) -> Bool {
        RequestHeader.problem(name, value) == nil
    }

    @Test("A name is a token: of all bytes those of RFC 9110 §5.6.2, and at least one")
    func names() {
        let tokens = Set(
            "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".unicodeScalars)
        for value in UInt8.min...UInt8.max {
            let scalar = UnicodeScalar(value)
            #expect(isSent("X\(scalar)") == tokens.contains(scalar), "\(value)")
        }
        #expect(!isSent(""))
        #expect(!isSent("X-é"))
    }

    @Test("A value has no control character but tabs: a line break would make another header")
    func values() {
        for value in UInt8.min...UInt8.max {
            #expect(isSent("X", [value]) == (value == 9 || value >= 0x20 && value != 0x7f), "\(value)")
        }
        #expect(isSent("X", []))
    }

    @Test(
        "What says where a message ends and who it is for is refused, in whatever case",
        arguments: [
            "Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Expect", "TE",
            "Trailer",
            "Upgrade", "HTTP2-Settings", "Proxy-Authorization", "Proxy-Connection", "Proxy-Anything",
        ])
    func framing(_ name: String) {
        for spelling in [name, name.lowercased(), name.uppercased()] {
            #expect(!isSent(spelling), "\(spelling)")
        }
        #expect(isSent("X-\(name)"))
    }
}
