import SidestepProtocol

/// Values whose JSON is the same whatever an encoder is set to: it is written and read without one.
///
/// They are what most steps return, and an encoder costs more than all the rest of a short step.
enum PlainValues {
    /// The JSON of a text, a whole number or a truth value; nil when an encoder has to write it.
    static func encode<Value>(_ value: Value) -> RawJSON? {
        if Value.self == String.self { return encode(value as! String) }
        if Value.self == Int.self { return .integer(Int64(value as! Int)) }
        if Value.self == Bool.self { return value as! Bool ? .true : .false }
        return nil
    }

    /// The value; nil when a decoder has to read it, or to say what is wrong with it.
    static func decode<Value>(_ type: Value.Type, from json: RawJSON) -> Value? {
        if Value.self == String.self { return json.string as! Value? }
        if Value.self == Int.self { return json.int as! Value? }
        if Value.self == Bool.self { return json.bool as! Value? }
        return nil
    }

    private static func encode(_ text: String) -> RawJSON? { .string(text) }
}
