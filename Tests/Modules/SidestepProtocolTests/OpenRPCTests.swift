import SidestepProtocol
import Testing

@Suite("The OpenRPC document")
struct OpenRPCTests {
    @Test("is valid JSON and describes every method")
    func methods() throws {
        try JSONScanner.validate(OpenRPC.document.bytes, depth: 64)
        let methods = try #require(OpenRPC.document["methods"]?.elements)
        #expect(methods.compactMap { $0["name"]?.string } == MethodTable.all.map(\.name))
        #expect(methods.allSatisfy { $0["result"]?["schema"]?["type"]?.string == "object" })
    }

    @Test("fits the result that the contract gives rpc.discover")
    func result() throws {
        try #require(MethodTable.named("rpc.discover")).checkResult(OpenRPC.document)
    }

    @Test("gives a schema for every parameter, with null where it may be absent")
    func schemas() throws {
        let methods = try #require(OpenRPC.document["methods"]?.elements)
        let get = try #require(methods.first { $0["name"]?.string == "run.get" })
        let params = try #require(get["params"]?.elements)
        #expect(params[0]["schema"]?.text == #"{"type":"string","minLength":1,"maxLength":1024}"#)
        #expect(params[1]["schema"]?["type"]?.text == #"["integer","null"]"#)
        let closed = params.allSatisfy { $0["schema"] != nil }
        #expect(closed)
    }
}
