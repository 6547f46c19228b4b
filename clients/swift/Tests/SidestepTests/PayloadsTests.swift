import FoundationEssentials
import SidestepProtocol
import Testing

@testable import Sidestep

@Suite struct PayloadsTests {
    private let payloads = SidestepClient.Configuration().payloads

    private struct Trip: Codable, Equatable {
        var to: String
        var at: Date
        var nights: Int?
    }

    @Test("equal values give equal bytes, keys sorted, slashes as they are")
    func sorted() throws {
        let trip = Trip(to: "a/b", at: Date(timeIntervalSince1970: 0), nights: 2)
        let json = try payloads.encode(trip)
        #expect(json.text == #"{"at":"1970-01-01T00:00:00Z","nights":2,"to":"a/b"}"#)
        #expect(try payloads.decode(Trip.self, from: json) == trip)
    }

    @Test("a raw payload keeps its bytes both ways")
    func raw() throws {
        let raw = try RawJSON(parsing: Array(#"{"b": 1.0,"a":1e400,"b":12345678901234567890}"#.utf8))
        #expect(try payloads.encode(raw).bytes == raw.bytes)
        #expect(try payloads.decode(RawJSON.self, from: raw) == raw)
    }

    @Test(
        "a raw payload inside another value is the same JSON there, and comes back",
        arguments: [
            "null", "true", #""a\"é""#, "[]", "{}", "[1,-2,0]", "9223372036854775807",
            "12345678901234567890123", "0.25",
            #"{"a":[{"b":null}],"c":"d"}"#,
        ])
    func nestedRaw(text: String) throws {
        let raw = try RawJSON(parsing: Array(text.utf8))
        let nested = try payloads.encode(["x": raw])
        #expect(nested.text == #"{"x":\#(text)}"#)
        #expect(try payloads.decode([String: RawJSON].self, from: nested) == ["x": raw])
        #expect("\(raw)" == text)
    }

    @Test("a value without JSON is an error of kind not_encodable that says what it was")
    func notEncodable() {
        let error = #expect(throws: SidestepError.self) { try payloads.encode(Double.infinity) }
        #expect(error?.kind == .notEncodable)
        #expect(error?.message.contains("Double") == true)
    }

    @Test("a record of another type is an error of kind unexpected_reply with a hint")
    func wrongType() {
        let error = #expect(throws: SidestepError.self) { try payloads.decode(Int.self, from: .string("x")) }
        #expect(error?.kind == .unexpectedReply)
        #expect(error?.hint != nil)
    }

    @Test("fragments, null and optionals are payloads, too")
    func fragments() throws {
        #expect(try payloads.encode("x").text == #""x""#)
        #expect(try payloads.encode(Int?.none).text == "null")
        #expect(try payloads.decode(Int?.self, from: .null) == nil)
    }

    @Test("a date comes back to the millisecond, the same from every replay")
    func dates() throws {
        #expect(try payloads.encode(Date(timeIntervalSince1970: 0)).text == #""1970-01-01T00:00:00Z""#)
        #expect(try payloads.encode(Date(timeIntervalSince1970: 1.5)).text == #""1970-01-01T00:00:01.500Z""#)
        for number in 0..<5000 {
            let date = Date(timeIntervalSince1970: 1_795_000_000 + Double(number) * 7.0013)
            let recorded = try payloads.encode(date)
            let read = try payloads.decode(Date.self, from: recorded)
            #expect(abs(read.timeIntervalSince(date)) < 0.000_51)
            #expect(try payloads.encode(read) == recorded)
        }
        #expect(throws: SidestepError.self) { try payloads.decode(Date.self, from: .string("yesterday")) }
    }
}
