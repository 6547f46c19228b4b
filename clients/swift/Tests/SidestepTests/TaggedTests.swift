import FoundationEssentials
import SidestepProtocol
import Testing

@testable import Sidestep

/// Values that JSON has no form for, between this client and others.
@Suite struct TaggedTests {
    private let payloads = SidestepClient.Configuration().payloads

    private func read<Value: Decodable>(_ text: String, as type: Value.Type = Value.self) throws -> Value {
        try payloads.decode(type, from: RawJSON(parsing: Array(text.utf8)))
    }

    private struct Everything: Codable, Equatable {
        var at: Date
        var price: Decimal
        var lasts: Duration
        var id: UUID
        var data: Data
        var names: Set<String>
        var pair: [Int]
        var byNumber: [Int: String]
    }

    @Test("what Python writes with tags is read by the types that are declared here")
    func fromPython() throws {
        let everything: Everything = try read(
            #"{"at":{"$sidestep":"datetime","value":"2026-03-01T12:00:00.5+01:00[Europe/Berlin]"},"#
                + #""price":{"$sidestep":"decimal","value":"1.10"},"#
                + #""lasts":{"$sidestep":"timedelta","value":"PT90.5S"},"#
                + #""id":{"$sidestep":"uuid","value":"6f3e0c1e-0000-4000-8000-00000000002a"},"#
                + #""data":{"$sidestep":"bytes","value":"AAH/"},"#
                + #""names":{"$sidestep":"frozenset","value":["a","b"]},"#
                + #""pair":{"$sidestep":"tuple","value":[1,2]},"#
                + #""byNumber":{"$sidestep":"dict","value":[[1,"x"]]}}"#)
        #expect(everything.at == Date(timeIntervalSince1970: 1_772_362_800.5))
        #expect(everything.price == Decimal(string: "1.1"))
        #expect(everything.lasts == .milliseconds(90_500))
        #expect(everything.id.uuidString == "6F3E0C1E-0000-4000-8000-00000000002A")
        #expect(everything.data == Data([0, 1, 255]))
        #expect(everything.names == ["a", "b"])
        #expect(everything.pair == [1, 2])
        #expect(everything.byNumber == [1: "x"])
    }

    @Test(
        "an object with a tag stands for its value, alone and within another; a text that names the tag is a text"
    )
    func places() throws {
        #expect(
            try read(#"{"$sidestep":"tuple","value":[{"$sidestep":"uuid","value":"a"},"b"]}"#) == ["a", "b"])
        #expect(try read(#"{"$sidestep":"enum","class":"m:Colour","value":"red"}"#) == "red")
        #expect(try read(#"["$sidestep"]"#) == ["$sidestep"])
        // A dictionary of a program's own that has the reserved member.
        let own: [String: Int] = try read(#"{"$sidestep":"dict","value":[["$sidestep",1]]}"#)
        #expect(own == ["$sidestep": 1])
        let raw = #"{"$sidestep":"uuid","value":"a"}"#
        #expect(try read(raw, as: RawJSON.self).text == raw)
    }

    @Test("a tag that this client does not know is refused by its name", arguments: ["pickle", "x"])
    func unknown(tag: String) {
        let error = #expect(throws: SidestepError.self) {
            try read(#"{"$sidestep":"\#(tag)","value":"a"}"#, as: String.self)
        }
        #expect(error?.kind == .unexpectedReply)
        #expect(error?.message.contains(tag) == true)
    }

    private struct Order: Codable, Equatable {
        @Tagged var price: Decimal
        @Tagged var lasts: Duration
        @Tagged var at: Date
        @Tagged var id: UUID
        @Tagged var data: Data
    }

    @Test("a tagged member is written as others read it, and comes back")
    func tagged() throws {
        let order = Order(
            price: Decimal(string: "1.1")!, lasts: .milliseconds(-90_500),
            at: Date(timeIntervalSince1970: 0.5),
            id: UUID(uuidString: "6F3E0C1E-0000-4000-8000-00000000002A")!,
            data: Data([0, 255]))
        let json = try payloads.encode(order)
        #expect(
            json.text == #"{"at":{"$sidestep":"datetime","value":"1970-01-01T00:00:00.500Z"},"#
                + #""data":{"$sidestep":"bytes","value":"AP8="},"#
                + #""id":{"$sidestep":"uuid","value":"6f3e0c1e-0000-4000-8000-00000000002a"},"#
                + #""lasts":{"$sidestep":"timedelta","value":"-PT90.5S"},"#
                + #""price":{"$sidestep":"decimal","value":"1.1"}}"#)
        #expect(try payloads.decode(Order.self, from: json) == order)
    }

    @Test(
        "a tagged member reads the text that others write where they declare the type, and Swift's own form")
    func texts() throws {
        #expect(try read(#""PT90.5S""#, as: Tagged<Duration>.self).wrappedValue == .milliseconds(90_500))
        #expect(try read(#""1.10""#, as: Tagged<Decimal>.self).wrappedValue == Decimal(string: "1.1"))
        #expect(try read("1.10", as: Tagged<Decimal>.self).wrappedValue == Decimal(string: "1.1"))
        let plain = try payloads.encode(Duration.seconds(-3))
        #expect(try payloads.decode(Tagged<Duration>.self, from: plain).wrappedValue == .seconds(-3))
        #expect(throws: SidestepError.self) { try read(#""soon""#, as: Tagged<Duration>.self) }
    }

    @Test(
        "a span is read and written as a duration of ISO 8601",
        arguments: [
            ("PT0S", 0), ("PT90.5S", 90_500_000), ("-P1DT2H", -93_600_000_000), ("P1D", 86_400_000_000),
            ("PT1H2M3.000004S", 3_723_000_004),
        ])
    func spans(text: String, micros: Int) {
        let span = Duration.microseconds(micros)
        #expect(Duration(taggedText: text) == span)
        #expect(Duration(taggedText: span.taggedText) == span)
        #expect(try! payloads.decode(Duration.self, from: span.codableJSON) == span)
    }

    @Test(
        "a text that is no span, or no moment, is none",
        arguments: [
            "", "P", "PT", "1S", "PT1", "PT1S1H", "PT1.5H", "PT1.1234567S", "P9223372036854775807D", "PTxS",
        ])
    func noSpan(text: String) {
        if text != "P", text != "PT" { #expect(Duration(taggedText: text) == nil) }
        #expect(PayloadDate.date(of: text) == nil)
    }

    @Test(
        "a moment is read with every offset and fraction",
        arguments: [
            ("1970-01-01T00:00:00Z", 0.0), ("1970-01-01T01:00:00+01:00", 0),
            ("1969-12-31t23:59:59.25z", -0.75),
            ("2024-02-29T23:59:60-0030", 1_709_253_000),
            ("2026-03-01 12:00:00.123456789Z", 1_772_366_400.123456),
            ("0001-01-01T00:00:00Z", -62_135_596_800),
        ])
    func moments(text: String, seconds: Double) {
        #expect(PayloadDate.date(of: text)?.timeIntervalSince1970 == seconds)
    }

    @Test(
        "a text without an offset, or of a day that is none, is no moment",
        arguments: ["2026-03-01T12:00:00", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-03-01", "x"])
    func noMoment(text: String) { #expect(PayloadDate.date(of: text) == nil) }
}
