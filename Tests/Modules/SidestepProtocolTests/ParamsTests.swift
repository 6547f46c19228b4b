import SidestepModel
import SidestepProtocol
import Testing

@Suite("Checked parameters")
struct ParamsTests {
    private func check(_ method: String, _ params: String?, _ limits: Limits = Limits()) throws -> Params {
        let method = try #require(MethodTable.named(method))
        return try Params(validating: try params.map(json), against: method, limits: limits)
    }

    @Test("give values by name")
    func values() throws {
        let params = try check(
            "resume",
            #"{"run":"r\u00e9","input": {"a":1.0} ,"create":false,"wait_ms":5,"tags":{"k":"v"},"#
                + #""retry":{"delays_ms":[1,2],"retry_on":["A"],"factor":1.5},"t\u006fken":"t"}"#)
        #expect(params.string("run") == "ré")
        #expect(params.raw("input")?.text == #"{"a":1.0}"#)
        #expect(params.boolean("create") == false)
        #expect(params.integer("wait_ms") == 5)
        #expect(params.stringMap("tags")?.map(\.0) == ["k"])
        #expect(params.string("token") == "t")
        #expect(!params.has("workflow"))
        let retry = try #require(params.object("retry"))
        #expect(retry.integers("delays_ms") == [1, 2])
        #expect(retry.strings("retry_on") == ["A"])
        #expect(retry.number("factor") == 1.5)
        #expect(retry.integer("max_attempts") == 3, "its standard value")
    }

    @Test("may be left out altogether where none is required")
    func absent() throws {
        _ = try check("ping", nil)
        _ = try check("resume", nil)
    }

    @Test("treat null as absent, except where it is a payload")
    func nulls() throws {
        let params = try check("state.set", #"{"run":null,"name":"n","value":null}"#)
        #expect(!params.has("run"))
        #expect(params.raw("value") == .null)
        #expect(try check("state.set", #"{"name":"n"}"#).has("value") == false)
        #expect(throws: RPCError.self) { try check("state.set", #"{"name":null}"#) }
        let update = try check("run.update", #"{"run":"r","tags":{"a":null,"b":"x"}}"#)
        #expect(update.stringMap("tags")?.map(\.1) == [nil, "x"])
    }

    static let refused: [(String, String, String)] = [
        ("ping", "[]", "by name"), ("ping", #"{"x":1}"#, "no parameter `x`"),
        ("run.get", "{}", "needs `run`"),
        ("run.get", #"{"run":1}"#, "a string"), ("run.get", #"{"run":""}"#, "not empty"),
        ("run.get", #"{"run":"a\u0000"}"#, "NUL"), ("run.get", #"{"run":"a","run":"a"}"#, "twice"),
        ("run.get", #"{"run":"a","generation":1.0}"#, "an integer"), ("run.list", #"{"limit":0}"#, "from 1"),
        ("run.list", #"{"limit":99999999999999999999}"#, "an integer"),
        ("run.list", #"{"status":"x"}"#, "one of"),
        ("run.list", #"{"tag":{"a":1}}"#, "`tag.a`"), ("run.list", #"{"tag":{"a":"x","a":"y"}}"#, "once"),
        ("run.list", #"{"tag":{"a":null}}"#, "`tag.a`"), ("resume", #"{"retry":{"x":1}}"#, "`retry` has no"),
        ("resume", #"{"retry":{"jitter":1.5}}"#, "from 0.0 to 1.0"),
        ("resume", #"{"retry":[]}"#, "an object"),
        ("resume", #"{"retry":{"delays_ms":[1,-1]}}"#, "`delays_ms[]`"),
        ("resume", #"{"create":1}"#, "true or false"),
        ("step.complete", #"{"step":"s","usage":{"x":"y"}}"#, "`x`"),
        ("run.fail", #"{"types":"A"}"#, "an array"),
        ("run.fail", #"{"types":[1]}"#, "a string"), ("run.enqueue", #"{"run":"r"}"#, "needs `workflow`"),
    ]

    @Test("say what is wrong with a parameter", arguments: refused)
    func refuses(method: String, params: String, words: String) throws {
        let error = #expect(throws: RPCError.self) { try check(method, params) }
        #expect(error?.code == -32602)
        #expect(error?.kind == "invalid_argument")
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        #expect(error?.data?["hint"]?.string?.isEmpty == false)
    }

    @Test("hold names to their limit, counted in bytes of the text and not of its escapes")
    func nameLimit() throws {
        var limits = Limits()
        limits.nameBytes = 8
        for name in ["12345678", "éééé", #"\u00e9\u00e9éé"#, #"1234567\n"#] {
            _ = try check("run.get", #"{"run":"\#(name)"}"#, limits)
            let error = #expect(throws: RPCError.self) {
                try check("run.get", #"{"run":"\#(name)x"}"#, limits)
            }
            #expect(error?.data?["limit"]?.string == "name_bytes")
        }
    }

    @Test("list the known names when one is unknown")
    func hint() {
        let error = #expect(throws: RPCError.self) { try check("state.get", #"{"run":"r","nam":"n"}"#) }
        #expect(error?.data?["hint"]?.string == "It takes: run, name.")
    }

    @Test("let usage carry integers of other names")
    func usage() throws {
        let params = try check("step.complete", #"{"step":"s","usage":{"model":"m","cached_tokens":5}}"#)
        #expect(params.object("usage")?.string("model") == "m")
        #expect(params.raw("usage")?["cached_tokens"]?.integer == 5)
    }
}
