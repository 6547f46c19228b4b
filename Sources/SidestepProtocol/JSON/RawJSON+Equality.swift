extension RawJSON {
    /// Bytes up to which the order of members is looked at: each level of nesting is walked once more.
    static let comparedBytes = 256 << 10

    /// Whether both are written alike, white space outside strings and the order of an object's members aside.
    ///
    /// Languages keep the members of an object in orders of their own, Swift in another one in each process.
    /// Beyond ``comparedBytes`` the order counts.
    public func isSame(as other: RawJSON) -> Bool {
        let (left, right) = (compact, other.compact)
        if left.bytes == right.bytes { return true }
        return left.bytes.count <= Self.comparedBytes && left.isAlike(right)
    }

    private func isAlike(_ other: RawJSON) -> Bool {
        guard bytes.count == other.bytes.count, kind == other.kind else { return false }
        if bytes == other.bytes { return true }
        switch kind {
        case .object:
            let (left, right) = (sortedMembers, other.sortedMembers)
            return left.count == right.count
                && zip(left, right).allSatisfy { $0.key == $1.key && $0.value.isAlike($1.value) }
        case .array:
            let (left, right) = (elements, other.elements)
            return left.count == right.count && zip(left, right).allSatisfy { $0.isAlike($1) }
        default: return false
        }
    }

    /// By their names; of members of one name, which JSON allows, the order counts.
    private var sortedMembers: [(key: String, value: RawJSON)] {
        members.enumerated().sorted { left, right in
            left.element.key == right.element.key
                ? left.offset < right.offset : left.element.key < right.element.key
        }.map(\.element)
    }
}
