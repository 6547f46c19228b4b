import SidestepModel

/// The checked parameters of one call: every one is known, present where it must be, and of its type.
///
/// Values stay slices of the line; they are decoded when they are asked for.
public struct Params: Sendable {
    private let parameters: [Parameter]
    /// The object that they are the members of.
    private let source: RawJSON
    /// Where the values lie in it.
    private let values: ValueRanges

    /// Checks the parameters of a call against its method.
    ///
    /// - Throws: `RPCError` -32602 with a sentence that names the parameter, and a hint.
    public init(
        validating params: RawJSON?, against method: Method, limits: Limits = Limits()
    ) throws(RPCError) {
        let check = ParamsCheck(owner: method.name, limits: limits)
        parameters = method.parameters
        if let params, params.kind == .array {
            throw .invalidParams(
                "`\(method.name)` takes its parameters by name, not as an array.",
                hint: "Send `params` as an object: \(method.example.params)")
        }
        source = params ?? .emptyObject
        values = try check.values(of: source, parameters)
    }

    /// The members of an object that was checked as part of a call.
    private init(checked object: RawJSON, _ parameters: [Parameter]) {
        self.parameters = parameters
        source = object
        values = ParamsCheck.place(object, parameters)
    }

    /// Whether the parameter was given; null counts as given for payloads only.
    public func has(_ name: String) -> Bool { position(name).map { values[$0] != nil } ?? false }

    /// Whether the method has such a parameter at all.
    public func knows(_ name: String) -> Bool { parameters.contains { $0.name == name } }

    /// The value's bytes as they came, or the standard value in its place; nil when it is absent and has none.
    public func raw(_ name: String) -> RawJSON? { position(name).flatMap { self[Place(index: $0)] } }

    /// The same by the place of the parameter, without a search.
    public subscript(place: Place) -> RawJSON? {
        given(place) ?? parameters[place.index].standard?.value
    }

    /// The name of the parameter at a place.
    public func name(at place: Place) -> String { parameters[place.index].name }

    private func given(_ place: Place) -> RawJSON? { values[place.index].map { source.slice($0) } }

    /// The text of a string, name or word.
    public func string(_ name: String) -> String? { raw(name)?.string }

    /// The value of an integer.
    public func integer(_ name: String) -> Int64? { raw(name)?.integer }

    /// The value of a number.
    public func number(_ name: String) -> Double? { raw(name)?.double }

    /// The value of a truth value.
    public func boolean(_ name: String) -> Bool? { raw(name)?.bool }

    /// The elements of an array, as they came.
    public func array(_ name: String) -> [RawJSON]? { raw(name)?.elements }

    /// The texts of an array of strings.
    public func strings(_ name: String) -> [String]? { array(name)?.compactMap(\.string) }

    /// The values of an array of integers.
    public func integers(_ name: String) -> [Int64]? { array(name)?.compactMap(\.integer) }

    /// The members of an object of strings, in their order; nil stands for null.
    public func stringMap(_ name: String) -> [(String, String?)]? {
        raw(name)?.members.map { ($0.key, $0.value.string) }
    }

    // MARK: What must be there, or has a standard value

    /// The truth value of a parameter that always has one.
    public func flag(_ name: String) -> Bool { present(boolean(name), name) }

    /// The integer of a parameter that always has one.
    public func count(_ name: String) -> Int64 { present(integer(name), name) }

    /// The text of a parameter that always has one.
    public func text(_ name: String) -> String { present(string(name), name) }

    /// The texts of a parameter that always has them.
    public func texts(_ name: String) -> [String] { present(strings(name), name) }

    /// The word of an enumeration that always has one, as the enumeration of ours that it stands for.
    public func word<Word: RawRepresentable<String>>(_ name: String, _ type: Word.Type = Word.self) -> Word {
        present(Word(rawValue: text(name)), name)
    }

    private func present<Value>(_ value: Value?, _ name: String) -> Value {
        guard let value else { preconditionFailure("\(name) is not required and has no standard value") }
        return value
    }

    /// The members of an object parameter.
    public func object(_ name: String) -> Params? { position(name).flatMap { object(Place(index: $0)) } }

    /// The same by the place of the parameter.
    public func object(_ place: Place) -> Params? {
        guard let value = given(place) else { return nil }
        return Self.members(of: parameters[place.index].type).map { Params(checked: value, $0) }
    }

    private static func members(of type: ParameterType) -> [Parameter]? {
        switch type {
        case .object(let members), .open(let members, _, _): members
        case .shared(_, let type): members(of: type)
        default: nil
        }
    }

    /// A name that the method lacks is a mistake of ours, found by the first test that gets here.
    private func position(_ name: String) -> Int? {
        let position = parameters.firstIndex { $0.name == name }
        assert(position != nil, "the method has no parameter \(name)")
        return position
    }
}
