/// Where a parameter stands among those of its method: found once, when the table of handlers is made.
public struct Place: Sendable {
    let index: Int

    /// Of the run, among the parameters of every method that acts for one.
    public static let run = Place(index: 0)
    /// Of its lease, among the same.
    public static let lease = Place(index: 1)
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
