import SidestepModel
import SidestepProtocol
import Testing

@Suite("The JSON scanner")
struct ScannerTests {
    static let accepted = [
        "0", "-0", "-0.0", "1.0", "1E2", "1e-400", "1e400", "12345678901234567890", "true", " null ", "\"\"",
        "0.1000000000000000055511151231257827", "[]", "{}", "[ ]", "{ }", "\t[1 ,\n2 ]\r", #"{"a":1,"a":2}"#,
        #""\u0000""#, #""\uD83D\uDE00""#, #""\"\\\/\b\f\n\r\t""#,
        "\"\u{7F}\u{80}\u{7FF}\u{800}\u{FFFF}\u{10FFFF}\"",
        #"{"":{"":[[],{},""]}}"#, "\"ä eight bytes and more, then ü\"", #""a/b""#,
    ]

    @Test("accepts RFC 8259 as it is", arguments: accepted)
    func accepts(text: String) throws {
        try JSONScanner.validate(ArraySlice(text.utf8), depth: 512)
    }

    static let refused: [(String, Int)] = [
        ("", 0), ("  ", 2), ("[1,]", 3), (#"{"a":1,}"#, 7), ("[,1]", 1), ("[1 2]", 3), ("[1", 2), ("{", 1),
        (#"{"a"}"#, 4), (#"{"a":}"#, 5), (#"{a:1}"#, 1), ("{1:1}", 1), ("]", 0), ("[}", 1), (#"{"a":1]"#, 6),
        ("01", 1), ("-", 1), ("-01", 2), ("1.", 2), (".5", 0), ("+1", 0), ("1e", 2), ("1e+", 3), ("0x1", 1),
        ("NaN", 0), ("Infinity", 0), ("-Infinity", 1), ("tru", 3), ("True", 0), ("nulL", 3), ("'a'", 0),
        (#""a"#, 2), (#""\"#, 2), (#""\x""#, 1), (#""\u12G4""#, 5), (#""\u12"#, 5), ("\"\u{01}\"", 1),
        ("\"\n\"", 1),
        (#""\uD800""#, 1), (#""\uDC00""#, 1), (#""\uD800\u0041""#, 1), (#""\uD800x""#, 1),
        (#""\uDBFF\uD800""#, 1),
        ("1 1", 2), ("{} x", 3), ("\u{FEFF}1", 0), ("\u{A0}1", 0), ("// a\n1", 0), ("1\u{0B}", 1),
        ("\"a\"\0", 3),
    ]

    @Test("refuses what RFC 8259 does not have, and says where", arguments: refused)
    func refuses(text: String, offset: Int) {
        let error = #expect(throws: JSONError.self) {
            try JSONScanner.validate(ArraySlice(text.utf8), depth: 512)
        }
        #expect(error?.offset == offset)
    }

    @Test(
        "refuses bytes that are not UTF-8",
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80],
            [0xE2, 0x82], [0xE2, 0x82, 0x41], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80],
            [0xF0, 0x9F, 0x98], [0xFF], [0xFE],
        ] as [[UInt8]])
    func refusesBrokenText(bytes: [UInt8]) {
        for padding in 0..<20 {
            let text = [0x22] + [UInt8](repeating: 0x61, count: padding) + bytes + [0x22]
            let error = #expect(throws: JSONError.self) { try JSONScanner.validate(text[...], depth: 1) }
            #expect(error?.offset == padding + 1)
        }
    }

    @Test("finds every special byte at every place of its word")
    func everyPlace() {
        for special: UInt8 in [0x00, 0x1F, 0x0A, 0x80, 0xFF] {
            for place in 0..<40 {
                var text = [UInt8](repeating: 0x7F, count: 42)
                (text[0], text[41]) = (0x22, 0x22)
                text[place + 1] = special
                let error = #expect(throws: JSONError.self) { try JSONScanner.validate(text[...], depth: 1) }
                #expect(error?.offset == place + 1)
            }
        }
    }

    @Test("nests to the limit and no level further", arguments: [1, 2, 63, 64, 65, 128, 129, 512])
    func depth(limit: Int) throws {
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            let inner = open == "[" ? "" : "1"
            let atLimit =
                String(repeating: open, count: limit) + inner + String(repeating: close, count: limit)
            try JSONScanner.validate(ArraySlice(atLimit.utf8), depth: limit)
            #expect(throws: JSONError.self) {
                try JSONScanner.validate(ArraySlice("[\(atLimit)]".utf8), depth: limit)
            }
        }
    }

    @Test("keeps objects and arrays apart at every depth")
    func mixedNesting() throws {
        let open = (0..<300).map { $0 % 3 == 0 ? "[" : #"{"a":"# }
        let close = (0..<300).reversed().map { $0 % 3 == 0 ? "]" : "}" }
        try JSONScanner.validate(ArraySlice((open.joined() + "0" + close.joined()).utf8), depth: 300)
        for wrong in [0, 63, 64, 65, 235, 236, 299] {
            var broken = close
            broken[wrong] = broken[wrong] == "]" ? "}" : "]"
            let text = open.joined() + "0" + broken.joined()
            #expect(throws: JSONError.self) { try JSONScanner.validate(ArraySlice(text.utf8), depth: 300) }
        }
    }

    @Test("meets a bomb of brackets with an error", arguments: ["[", #"{"a":"#, "[[{\"a\":"])
    func bomb(unit: String) {
        let text = String(repeating: unit, count: 100_000)
        #expect(throws: JSONError.self) { try JSONScanner.validate(ArraySlice(text.utf8), depth: 512) }
        #expect(throws: JSONError.self) { try JSONScanner.validate(ArraySlice(text.utf8), depth: .max) }
    }
}
