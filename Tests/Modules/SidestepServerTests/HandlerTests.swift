import SidestepEngine
import SidestepModel
import SidestepProtocol
import Testing

@testable import SidestepServer

/// A parameter that a handler names and its method lacks, or that it takes for always there, ends the program: here.
@Suite("The handler of each method")
struct HandlerTests {
    private static let dispatcher = Dispatcher(
        information: DaemonInformation(
            version: "0", pid: 1, started: Instant(milliseconds: 0), socket: "s", database: "d",
            storeVersion: "0", databaseBytes: { 0 },
            storage: { StorageCondition(since: Instant(milliseconds: 0)) }))

    @Test(
        "finds every parameter that it asks for, whichever of them are given",
        arguments: MethodTable.all.map(\.name))
    func asks(method name: String) throws {
        let method = try #require(MethodTable.named(name))
        let required = method.parameters.filter(\.required)
        let optional = method.parameters.filter { !$0.required }
        for given in [required, method.parameters] + optional.map({ required + [$0] }) {
            let params = RawJSON.build { Self.write(given, &$0) }
            switch dispatch(method, params) {
            case .success(let work):
                if case .outcome(let ending) = work { _ = ending.work(nil) }
            // What a handler refuses is what the values say together, or hold; their types are those of the record.
            case .failure(let error): #expect(error.kind != nil, "\(params.text): \(error.message)")
            }
        }
    }

    @Test("gets the standard value of its record where a parameter is absent")
    func standard() throws {
        for method in MethodTable.all {
            let params = RawJSON.build { Self.write(method.parameters.filter(\.required), &$0) }
            let checked = try Params(validating: params, against: method)
            for parameter in method.parameters {
                guard case .value(let value) = parameter.standard else { continue }
                #expect(checked.raw(parameter.name) == value, "\(method.name) \(parameter.name)")
                #expect(!checked.has(parameter.name))
            }
        }
    }

    @Test(
        "could have been given each standard value: it is of its parameter's type",
        arguments: MethodTable.all.map(\.name))
    func standardValues(method name: String) throws {
        let method = try #require(MethodTable.named(name))
        for parameter in method.parameters {
            guard case .value(let value) = parameter.standard else { continue }
            let params = RawJSON.build { writer in
                writer.beginObject()
                for other in method.parameters where other.required {
                    writer.key(other.name)
                    Self.write(other, &writer)
                }
                writer.key(parameter.name)
                writer.raw(bytes: value.bytes)
                writer.endObject()
            }
            #expect(throws: Never.self) { try Params(validating: params, against: method) }
        }
    }

    private func dispatch(_ method: Method, _ params: RawJSON) -> Result<Dispatcher.Work, RPCError> {
        let peer = Peer(uid: 1000, process: ProcessIdentity(pid: 1, startTicks: 1), isAdministrator: false)
        let request = RPCRequest(id: .integer(1), method: method.name, params: params)
        let route = Self.dispatcher.route(method.name)
        return Self.dispatcher.dispatch(request, route, Caller(peer: peer, connections: 1), Limits())
    }

    // MARK: A value of each type

    private static func write(_ parameters: [Parameter], _ writer: inout JSONWriter) {
        writer.beginObject()
        for parameter in parameters {
            writer.key(parameter.name)
            write(parameter, &writer)
        }
        writer.endObject()
    }

    private static func write(_ parameter: Parameter, _ writer: inout JSONWriter) {
        if parameter.name == "url" { return writer.value("http://localhost/") }
        if parameter.name == "method", case .string = parameter.type { return writer.value("GET") }
        write(parameter.type, &writer)
    }

    private static func write(_ type: ParameterType, _ writer: inout JSONWriter) {
        switch type {
        case .string, .name, .label: writer.value("n")
        case .integer(let range): writer.value(max(range.lowerBound, min(1, range.upperBound)))
        case .boolean: writer.value(true)
        case .number, .numberIn: writer.value(Int64(1))
        case .payload: writer.raw(bytes: RawJSON.emptyObject.bytes)
        case .enumeration(let words): writer.value(words[0])
        case .strings: writer.raw(bytes: ArraySlice(#"["n"]"#.utf8))
        case .stringMap: writer.raw(bytes: ArraySlice(#"{"n":"v"}"#.utf8))
        case .object(let members), .open(let members, _, _): write(members, &writer)
        case .array(let element, _):
            writer.beginArray()
            write(element, &writer)
            writer.endArray()
        case .shared(_, let type): write(type, &writer)
        }
    }
}
