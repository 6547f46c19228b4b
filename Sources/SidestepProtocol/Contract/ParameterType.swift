import SidestepModel

/// What a parameter or a member of a result may be.
public indirect enum ParameterType: Sendable {
    /// Text of at most this many bytes of UTF-8.
    case string(maxBytes: Int)
    /// A run id, step name, workflow, tag or the like: 1 to `name_bytes` bytes, no NUL.
    case name
    /// A name of which that of a step is made: without "/", which is the path of a step within a step.
    case label
    /// A number without fraction or exponent.
    case integer(ClosedRange<Int64>)
    /// `true` or `false`.
    case boolean
    /// Any finite number.
    case number
    /// A finite number of this range.
    case numberIn(ClosedRange<Double>)
    /// Any JSON, kept byte for byte; null is a value like any other.
    case payload
    /// One of these words.
    case enumeration([String])
    /// An array of names; in parameters with how many there may be, and whether one may come twice.
    case strings(atMost: ElementLimit? = nil, areUnique: Bool = true)
    /// An object of names to strings; with `nullable` also to null.
    case stringMap(nullable: Bool, atMost: ElementLimit? = nil)
    /// An object with these members and no others.
    case object([Parameter])
    /// An object with these members, and others of one type.
    case open([Parameter], others: ParameterType, atMost: ElementLimit? = nil)
    /// An array of one type; in parameters with how many there may be.
    case array(ParameterType, atMost: ElementLimit? = nil)
    /// A type with a name of its own: documents describe it once and refer to it.
    case shared(String, ParameterType)

    /// A moment: milliseconds since the epoch, up to the end of the year 9999.
    public static let instant = ParameterType.integer(0...253_402_300_799_999)
    /// A span of milliseconds, up to a hundred years: a sum of such numbers never overflows.
    public static let span = ParameterType.integer(0...3_155_760_000_000)
    /// A number of things.
    public static let count = ParameterType.integer(0...1_000_000_000)
    /// The place of an entry in the journal, or of a checkpoint: up to what a double still counts.
    public static let sequence = ParameterType.integer(0...9_007_199_254_740_991)
    /// How many rows a page may hold.
    public static let page = ParameterType.integer(1...10_000)
    /// A text that only the daemon understands: a cursor, a lease, a token.
    public static let opaque = ParameterType.string(maxBytes: 4096)
    /// A sentence or another short text.
    public static let text = ParameterType.string(maxBytes: 65536)

    /// Whether some list in it may have so many elements only.
    var hasLimit: Bool {
        switch self {
        case .shared(_, let type): type.hasLimit
        case .strings(let limit, _), .stringMap(_, let limit): limit != nil
        case .array(let element, let limit): limit != nil || element.hasLimit
        case .object(let members): members.contains { $0.type.hasLimit }
        case .open(let members, let others, let limit):
            limit != nil || others.hasLimit || members.contains { $0.type.hasLimit }
        default: false
        }
    }

    /// Whether null is a value of this type instead of an absence.
    var isPayload: Bool {
        if case .payload = self { return true }
        return false
    }
}
