/// Where a parameter stands among those of its method: found once, when the table of handlers is made.
public struct Place: Sendable {
    let index: Int
}

extension Method {
    /// The place of a parameter; a name that the method lacks is a mistake of ours and ends the program.
    public func place(_ name: String) -> Place {
        guard let index = parameters.firstIndex(where: { $0.name == name }) else {
            preconditionFailure("\(self.name) has no parameter \(name)")
        }
        return Place(index: index)
    }
}
