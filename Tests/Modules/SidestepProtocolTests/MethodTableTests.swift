import SidestepModel
import SidestepProtocol
import Testing

@Suite("The method table")
struct MethodTableTests {
    @Test("names every method of the contract once")
    func names() {
        let names = MethodTable.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { MethodTable.named($0)?.name == $0 })
        #expect(MethodTable.named("no.such") === nil)
    }

    @Test(
        "gives each method an example whose parameters pass its own check",
        arguments: MethodTable.all.map(\.name))
    func exampleParams(name: String) throws {
        let method = try #require(MethodTable.named(name))
        let params = try RawJSON(parsing: Array(method.example.params.utf8))
        _ = try Params(validating: params, against: method)
    }

    @Test("gives each method an example whose result fits its schema", arguments: MethodTable.all.map(\.name))
    func exampleResult(name: String) throws {
        let method = try #require(MethodTable.named(name))
        let result = try RawJSON(parsing: Array(method.example.result.utf8))
        try method.checkResult(result)
    }

    @Test("lets every lease method take a run and a lease")
    func leaseParameters() {
        for method in MethodTable.all where method.access == .lease {
            #expect(method.parameters.prefix(2).map(\.name) == ["run", "lease"])
            #expect(method.parameters.prefix(2).allSatisfy { !$0.required })
        }
    }
}
