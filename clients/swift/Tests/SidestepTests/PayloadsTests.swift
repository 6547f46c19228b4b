import FoundationEssentials
import SidestepProtocol
import Testing

@testable import Sidestep

@Suite struct PayloadsTests {
    private struct Trip: Codable, Equatable {
        var to: String
        var at: Date
        var nights: Int?
    }

    @Test("equal values give equal bytes, keys sorted, slashes as they are")
    func sorted() throws {
        let trip = Trip(to: "a/b", at: Date(timeIntervalSince1970: 0), nights: 2)
        let json = try Payloads.encode(trip)
        #expect(json.text == #"{"at":"1970-01-01T00:00:00Z","nights":2,"to":"a/b"}"#)
        #expect(try Payloads.decode(Trip.self, from: json) == trip)
    }

    @Test("a raw payload keeps its bytes both ways")
    func raw() throws {
        let raw = try RawJSON(parsing: Array(#"{"b": 1.0,"a":1e400,"b":12345678901234567890}"#.utf8))
        #expect(try Payloads.encode(raw).bytes == raw.bytes)
        #expect(try Payloads.decode(RawJSON.self, from: raw) == raw)
    }

    @Test("a raw payload inside another value is refused, not rewritten")
    func nestedRaw() {
        let error = #expect(throws: SidestepError.self) { try Payloads.encode(["x": RawJSON.null]) }
        #expect(error?.kind == .notEncodable)
    }

    @Test("a value without JSON is an error of kind not_encodable that says what it was")
    func notEncodable() {
        let error = #expect(throws: SidestepError.self) { try Payloads.encode(Double.infinity) }
        #expect(error?.kind == .notEncodable)
        #expect(error?.message.contains("Double") == true)
    }

    @Test("a record of another type is an error of kind unexpected_reply with a hint")
    func wrongType() {
        let error = #expect(throws: SidestepError.self) { try Payloads.decode(Int.self, from: .string("x")) }
        #expect(error?.kind == .unexpectedReply)
        #expect(error?.hint != nil)
    }

    @Test("fragments, null and optionals are payloads, too")
    func fragments() throws {
        #expect(try Payloads.encode("x").text == #""x""#)
        #expect(try Payloads.encode(Int?.none).text == "null")
        #expect(try Payloads.decode(Int?.self, from: .null) == nil)
    }

    @Test("a date comes back to the millisecond, the same from every replay")
    func dates() throws {
        #expect(try Payloads.encode(Date(timeIntervalSince1970: 0)).text == #""1970-01-01T00:00:00Z""#)
        #expect(try Payloads.encode(Date(timeIntervalSince1970: 1.5)).text == #""1970-01-01T00:00:01.500Z""#)
        for number in 0..<5000 {
            let date = Date(timeIntervalSince1970: 1_795_000_000 + Double(number) * 7.0013)
            let recorded = try Payloads.encode(date)
            let read = try Payloads.decode(Date.self, from: recorded)
            #expect(abs(read.timeIntervalSince(date)) < 0.000_51)
            #expect(try Payloads.encode(read) == recorded)
        }
        #expect(throws: SidestepError.self) { try Payloads.decode(Date.self, from: .string("yesterday")) }
    }
}
