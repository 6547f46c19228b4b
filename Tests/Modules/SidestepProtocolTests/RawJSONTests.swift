import SidestepProtocol
import Testing

@Suite("A raw value")
struct RawJSONTests {
    @Test("keeps its bytes and drops only the space around it")
    func exact() throws {
        let text = #"{ "a/b" : [1.0, 1E2,-0,12345678901234567890] , "a/b":"\u0041\/" }"#
        #expect(try json(" \n" + text + "\t").text == text)
    }

    @Test(
        "loses only white space outside strings when compacted",
        arguments: [
            ("{ \"a b\" : [ 1 , 2 ] }", #"{"a b":[1,2]}"#), ("[\n]", "[]"),
            (#"[" \" ",  1]"#, #"[" \" ",1]"#),
            ("\" x \"", "\" x \""), ("[1,2]", "[1,2]"), (#"{"a":1.50,"a": 1e2}"#, #"{"a":1.50,"a":1e2}"#),
            ("1", "1"),
        ])
    func compact(text: String, expected: String) throws {
        let value = try json(text).compact
        #expect(value.text == expected)
        #expect(value.compact == value)
    }

    @Test(
        "reads integers without fraction, exponent or overflow",
        arguments: [
            ("0", 0), ("-0", 0), ("7", 7), ("9223372036854775807", .max), ("-9223372036854775808", .min),
            ("9223372036854775808", nil), ("-9223372036854775809", nil), ("1.0", nil), ("1e3", nil),
            ("\"1\"", nil),
            ("99999999999999999999999", nil), ("null", nil),
        ] as [(String, Int64?)])
    func integer(text: String, expected: Int64?) throws {
        #expect(try json(text).integer == expected)
    }

    @Test("reads finite doubles")
    func double() throws {
        #expect(try json("-1.5e3").double == -1500)
        #expect(try json("1e400").double == nil)
        #expect(try json("true").double == nil)
    }

    @Test(
        "resolves escapes",
        arguments: [
            (#""a\n\t\r\b\f\/\\\"b""#, "a\n\t\r\u{8}\u{C}/\\\"b"), (#""\u00e9\uD83D\uDE00x""#, "é😀x"),
            (#""\u0000""#, "\0"), ("\"plain\"", "plain"), ("\"\"", ""), (#""\uFFFF""#, "\u{FFFF}"),
        ])
    func string(text: String, expected: String) throws {
        #expect(try json(text).string == expected)
    }

    @Test("resolves every escape of one code unit, in large and in small letters")
    func units() throws {
        for scalar in (0...UInt32(UInt16.max)).lazy.compactMap(Unicode.Scalar.init) {
            let digits = String(scalar.value, radix: 16)
            let four = String(repeating: "0", count: 4 - digits.count) + digits
            for text in [four, four.uppercased()] {
                try #require(try json("\"\\u\(text)\"").string == String(scalar), "\(text)")
            }
        }
    }

    @Test("an escape with another letter in it is none", arguments: ["/", ":", "@", "G", "`", "g", "{", "é"])
    func otherDigits(letter: String) {
        for text in ["\(letter)000", "0\(letter)00", "00\(letter)0", "000\(letter)"] {
            #expect(throws: JSONError.self) { try json("\"\\u\(text)\"") }
        }
    }

    @Test("lists members in order, duplicates included")
    func members() throws {
        let value = try json(#"{"b": 1 ,"a":[{"x":"]"}],"b":"}\"" , "\u0063":null}"#)
        #expect(value.members.map(\.key) == ["b", "a", "b", "c"])
        #expect(value.members.map(\.value.text) == ["1", #"[{"x":"]"}]"#, #""}\"""#, "null"])
        #expect(value["b"]?.text == "1")
        #expect(value["c"]?.isNull == true)
        #expect(value["d"] == nil)
        #expect(try json("[1]")["b"] == nil)
    }

    @Test("lists elements")
    func elements() throws {
        #expect(
            try json(#"[ 1 ,"a,b", [2,[3]], {"x":[4]} ,null]"#).elements.map(\.text)
                == ["1", #""a,b""#, "[2,[3]]", #"{"x":[4]}"#, "null"])
        #expect(try json("[]").elements.isEmpty)
        #expect(try json("{}").members.isEmpty)
    }

    @Test("comes back from every text that the writer quotes")
    func writerRoundTrip() throws {
        for scalar in (0...0x2FFF).compactMap(Unicode.Scalar.init(_:)) {
            let text = "x\(Character(scalar))y"
            let value = RawJSON.string(text)
            try JSONScanner.validate(value.bytes, depth: 1)
            #expect(value.string == text)
        }
    }
}

@Suite("A walk through checked text")
struct JSONWalkTests {
    @Test("finds the end of a string wherever escapes stand in it")
    func strings() throws {
        for length in 0..<40 {
            for place in 0...length {
                for escape in ["", #"\""#, #"\\"#, #"\\\""#] {
                    let plain = String(repeating: "a", count: length)
                    let text = plain.prefix(place) + escape + plain.dropFirst(place)
                    let object = try json(#"{"k":"\#(text)","z":1}"#)
                    #expect(object.members.map(\.key) == ["k", "z"])
                    #expect(object["k"]?.text == "\"\(text)\"")
                }
            }
        }
    }
}

@Suite("The JSON writer")
struct JSONWriterTests {
    @Test("puts the commas and leaves nil out")
    func commas() {
        var writer = JSONWriter(capacity: 16)
        writer.beginObject()
        writer.member("a", 1)
        writer.member("n", nil as String?)
        writer.member("b", "\"\\\n\u{01}\u{1F}é")
        writer.key("c")
        writer.beginArray()
        writer.value(true)
        writer.null()
        writer.beginObject()
        writer.endObject()
        writer.value(-7)
        writer.value(0.5)
        writer.value(Double.nan)
        writer.endArray()
        writer.member("d", RawJSON.null)
        writer.endObject()
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"a":1,"b":"\"\\\n\u0001\u001fé","c":[true,null,{},-7,0.5,null],"d":null}"#
        )
    }

    @Test("starts afresh after a newline")
    func lines() {
        var writer = JSONWriter()
        for number in 1...2 {
            writer.value(number)
            writer.newline()
        }
        #expect(writer.bytes == Array("1\n2\n".utf8))
    }
}
