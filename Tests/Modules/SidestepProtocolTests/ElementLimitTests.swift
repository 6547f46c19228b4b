import SidestepModel
import SidestepProtocol
import Testing

/// Every list that a client can send has an end.
@Suite("Lists in parameters")
struct ElementLimitTests {
    /// One array or open object somewhere in a method's parameters.
    struct Place: Sendable, CustomTestStringConvertible {
        let method: String
        /// The names on the way to it.
        let path: [String]
        let type: ParameterType
        let limit: ElementLimit?

        var testDescription: String { "\(method) \(path.joined(separator: "."))" }
    }

    static let places: [Place] = MethodTable.all.flatMap { method in
        method.parameters.flatMap { places(method.name, [$0.name], $0.type) }
    }

    private static func places(_ method: String, _ path: [String], _ type: ParameterType) -> [Place] {
        func here(_ limit: ElementLimit?) -> Place {
            Place(method: method, path: path, type: type, limit: limit)
        }
        func below(_ members: [Parameter]) -> [Place] {
            members.flatMap { places(method, path + [$0.name], $0.type) }
        }
        switch type {
        case .shared(_, let type): return places(method, path, type)
        case .strings(let limit, _): return [here(limit)]
        case .stringMap(_, let limit): return [here(limit)]
        case .array(let element, let limit): return [here(limit)] + places(method, path + ["0"], element)
        case .object(let members): return below(members)
        case .open(let members, let others, let limit):
            return [here(limit)] + below(members) + places(method, path + ["x"], others)
        default: return []
        }
    }

    @Test("have a limit, each with a name", arguments: places)
    func limited(place: Place) {
        #expect(place.limit != nil)
    }

    @Test("are taken at their limit, and one element more is refused by its name", arguments: places)
    func atTheLimit(place: Place) throws {
        let method = try #require(MethodTable.named(place.method))
        let limit = try #require(place.limit)
        var limits = Limits()
        limits.elements[limit] = 3
        for count in [3, 4] {
            let text = try Self.text(method, place, count: count)
            let params = try RawJSON(parsing: Array(text.utf8))
            if count == 3 {
                _ = try Params(validating: params, against: method, limits: limits)
                continue
            }
            let error = #expect(throws: RPCError.self) {
                try Params(validating: params, against: method, limits: limits)
            }
            #expect(error?.kind == "limit_exceeded")
            #expect(error?.data?["limit"]?.string == limit.rawValue)
            #expect(error?.data?["hint"]?.string?.contains("limits.\(limit.rawValue)") == true)
        }
    }

    /// The parameters of a call with a list of `count` elements at a place, and else what the method needs.
    private static func text(_ method: Method, _ place: Place, count: Int) throws -> String {
        var members: [String] = []
        for parameter in method.parameters where parameter.required || parameter.name == place.path[0] {
            let isPlace = parameter.name == place.path[0]
            let value = value(parameter.type, isPlace ? Array(place.path.dropFirst()) : nil, count)
            members.append(#""\#(parameter.name)":\#(value)"#)
        }
        return "{" + members.joined(separator: ",") + "}"
    }

    /// A value of a type; `path` leads to the list that is to have `count` elements, nil elsewhere.
    private static func value(_ type: ParameterType, _ path: [String]?, _ count: Int) -> String {
        func object(_ members: [Parameter]) -> String {
            let wanted = members.filter { $0.required || $0.name == path?.first }
            let texts = wanted.map { member in
                let rest = member.name == path?.first ? Array(path!.dropFirst()) : nil
                return #""\#(member.name)":\#(value(member.type, rest, count))"#
            }
            return "{" + texts.joined(separator: ",") + "}"
        }
        func repeated(_ element: (Int) -> String) -> String {
            let number = path?.isEmpty == true ? count : path == nil ? 0 : 1
            return (0..<number).map(element).joined(separator: ",")
        }
        let below = path.map { Array($0.dropFirst()) }
        switch type {
        case .shared(_, let type): return value(type, path, count)
        case .strings: return "[" + repeated { #""n\#($0)""# } + "]"
        case .stringMap: return "{" + repeated { #""n\#($0)":"v""# } + "}"
        case .array(let element, _):
            return "[" + repeated { _ in value(element, path?.isEmpty == true ? nil : below, count) } + "]"
        case .object(let members): return object(members)
        case .open(let members, let others, _):
            guard path?.isEmpty == true else { return object(members) }
            return "{" + repeated { #""n\#($0)":\#(value(others, nil, count))"# } + "}"
        case .string, .name, .label: return #""text""#
        case .integer(let range): return "\(range.lowerBound)"
        case .boolean: return "true"
        case .numberIn(let range): return "\(range.lowerBound)"
        case .number, .payload: return "1"
        case .enumeration(let words): return #""\#(words[0])""#
        }
    }

    @Test("give a name once where it says which, and a member always")
    func duplicates() throws {
        func refusal(_ method: String, _ params: String) throws -> RPCError? {
            let method = try #require(MethodTable.named(method))
            let params = try RawJSON(parsing: Array(params.utf8))
            return #expect(throws: RPCError.self) { try Params(validating: params, against: method) }
        }
        for (method, params) in [
            (
                "graph.put",
                #"{"thread":"t","checkpoint":"c","type":"t","data":"","metadata":{},"channels":["a","a"]}"#
            ),
            ("graph.prune", #"{"threads":["a","\u0061"]}"#),
            ("worker.claim", #"{"workflows":["a","a"]}"#),
            ("conversation.append", #"{"conversation":"c","entries":[1,2],"ids":["a","a"]}"#),
            ("step.complete", #"{"step":"s","usage":{"x":1,"x":2}}"#),
            ("run-step", #"{"step":"s","exec":{"argv":["a"],"env":{"A":"1","A":"2"}}}"#),
        ] {
            #expect(try refusal(method, params)?.kind == "invalid_argument", "\(method)")
        }
        // A class and its parent may have one name.
        let method = try #require(MethodTable.named("step.fail"))
        let params = try RawJSON(parsing: Array(#"{"step":"s","types":["Error","Error"]}"#.utf8))
        _ = try Params(validating: params, against: method)
    }

    @Test("stand in the schema with their ends")
    func schema() {
        let document = OpenRPC.document.text
        #expect(document.contains(#""maxItems":10000"#))
        #expect(document.contains(#""maxProperties":256"#))
        #expect(document.contains(#""uniqueItems":true"#))
    }

    @Test("can be set by every name that `hello` shows")
    func names() {
        var limits = Limits()
        for (name, value) in limits.named {
            let isKnown = limits.set(name, to: value + 1)
            #expect(isKnown, "\(name)")
            #expect(limits.named.first { $0.name == name }?.value == value + 1)
        }
        let isKnown = limits.set("no_such_limit", to: 1)
        #expect(!isKnown)
        #expect(Set(limits.named.map(\.name)).count == limits.named.count)
    }
}
