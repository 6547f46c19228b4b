/// One named parameter, or one member of a result. Passed on, it is not copied.
public final class Parameter: Sendable {
    /// The name on the wire.
    public let name: String
    /// What it may be.
    public let type: ParameterType
    /// Whether it must be there.
    public let required: Bool
    /// What it is for, as one sentence without a full stop.
    public let summary: String
    /// What an absent one means.
    public let standard: Standard?
    /// The name as bytes, ready to be compared with a line.
    let nameBytes: [UInt8]

    /// A parameter as the record of its method lists it.
    public init(
        _ name: String, _ type: ParameterType, required: Bool = false, _ summary: String = "",
        default standard: Standard? = nil
    ) {
        self.name = name
        self.type = type
        self.required = required
        self.summary = summary
        self.standard = standard
        nameBytes = Array(name.utf8)
    }

    /// One that must be there.
    static func must(_ name: String, _ type: ParameterType, _ summary: String) -> Parameter {
        Parameter(name, type, required: true, summary)
    }

    /// One that may be left out or null.
    static func may(
        _ name: String, _ type: ParameterType, _ summary: String, default standard: Standard? = nil
    ) -> Parameter {
        Parameter(name, type, summary, default: standard)
    }
}
