/// The named types that the method table uses.
public enum SharedTypes {
    /// Each once, in the order in which the methods meet them.
    public static let all: [(name: String, type: ParameterType, isParameter: Bool)] = {
        var found: [(name: String, type: ParameterType, isParameter: Bool)] = []
        for method in MethodTable.all {
            for parameter in method.parameters { collect(parameter.type, true, &found) }
            for member in method.result { collect(member.type, false, &found) }
        }
        return found
    }()

    private static func collect(
        _ type: ParameterType, _ isParameter: Bool,
        _ found: inout [(name: String, type: ParameterType, isParameter: Bool)]
    ) {
        switch type {
        case .shared(let name, let inner):
            guard !found.contains(where: { $0.name == name }) else { return }
            found.append((name, inner, isParameter))
            collect(inner, isParameter, &found)
        case .array(let element, _): collect(element, isParameter, &found)
        case .object(let members), .open(let members, _, _):
            for member in members { collect(member.type, isParameter, &found) }
        default: break
        }
    }
}
