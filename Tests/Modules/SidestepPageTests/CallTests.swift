import SidestepProtocol
import Testing

@testable import SidestepPage

@Suite("Calls of the page")
struct CallTests {
    static func call(_ text: String, readOnly: Bool = false) -> Result<CallBody, Refusal> {
        do throws(Refusal) { return .success(try CallBody(Array(text.utf8), isReadOnly: readOnly)) } catch {
            return .failure(error)
        }
    }

    static func kind(_ text: String, readOnly: Bool = false) -> String? {
        if case .failure(let refusal) = call(text, readOnly: readOnly) { refusal.kind } else { nil }
    }

    @Test("have a method and an object of parameters")
    func form() throws {
        let call = try Self.call(#" {"method":"run.list","params":{"limit":3}} "#).get()
        #expect(call.method == "run.list")
        #expect(call.params.text == #"{"limit":3}"#)
        #expect(try Self.call(#"{"method":"ping"}"#).get().params.text == "{}")
        for wrong in [
            "", "x", "[]", "{}", #"{"method":1}"#, #"{"method":"ping","params":[]}"#, #"{"method":"ping"}{}"#,
        ] {
            #expect(Self.kind(wrong) == "invalid_argument")
        }
    }

    @Test("are one line for the daemon: what stands on a line of its own would be a call")
    func lines() throws {
        let hidden =
            #"{"method":"ping","params":{"x":[\#u{0A}{"jsonrpc":"2.0","id":1,"method":"run.delete"}\#r\#n]}}"#
        let call = try Self.call(hidden, readOnly: true).get()
        #expect(call.params.text == #"{"x":[{"jsonrpc":"2.0","id":1,"method":"run.delete"}]}"#)
    }

    @Test(
        "that change something are refused to who may only look",
        arguments: MethodTable.all.filter { !$0.onlyReads }.map(\.name))
    func readOnly(name: String) {
        let refused = Self.kind(#"{"method":"\#(name)"}"#, readOnly: true)
        #expect(refused == "not_permitted" || refused == "unsupported")
        // However its name is written.
        let first = name.unicodeScalars.first!.value
        let escaped = "\\u00" + String(first, radix: 16) + name.dropFirst()
        #expect(Self.kind(#"{"method":"\#(escaped)"}"#, readOnly: true) == refused)
        // The first of two is the one that is made.
        #expect(Self.kind(#"{"method":"\#(name)","method":"ping"}"#, readOnly: true) == refused)
    }

    @Test("that nobody knows are refused to who may only look")
    func unknown() {
        #expect(Self.kind(#"{"method":"run.new"}"#, readOnly: true) == "not_permitted")
        #expect(Self.kind(#"{"method":"run.new"}"#) == nil)
    }

    @Test(
        "are none of a connection of one's own",
        arguments: ["resume", "worker.claim", "run.watch", "run.unwatch", "rpc.cancel"])
    func connections(name: String) {
        for readOnly in [false, true] {
            #expect(Self.kind(#"{"method":"\#(name)"}"#, readOnly: readOnly) == "unsupported")
        }
    }
}
