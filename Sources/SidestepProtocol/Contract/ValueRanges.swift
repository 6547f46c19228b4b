/// Where the values of parameters lie in the object that has them, by the position of the parameter.
///
/// A value is a part of the line that it came in; it is cut out when somebody asks for it.
struct ValueRanges: Sendable {
    /// No value is empty: an empty range is that of an absent one.
    private var ranges: [Range<Int>]

    init(count: Int) { ranges = Array(repeating: 0..<0, count: count) }

    subscript(position: Int) -> Range<Int>? {
        get {
            let range = ranges[position]
            return range.isEmpty ? nil : range
        }
        set { ranges[position] = newValue ?? 0..<0 }
    }
}
