extension JSONWriter {
    /// Writes a member with a string, or nothing for nil.
    public mutating func member(_ name: String, _ text: String?) {
        guard let text else { return }
        key(name)
        value(text)
    }

    /// Writes a member with an integer, or nothing for nil.
    public mutating func member(_ name: String, _ number: Int64?) {
        guard let number else { return }
        key(name)
        value(number)
    }

    /// Writes a member with an integer, or nothing for nil.
    public mutating func member(_ name: String, _ number: Int?) {
        guard let number else { return }
        key(name)
        value(number)
    }

    /// Writes a member with a truth value, or nothing for nil.
    public mutating func member(_ name: String, _ flag: Bool?) {
        guard let flag else { return }
        key(name)
        value(flag)
    }

    /// Writes a member with a number, or nothing for nil.
    public mutating func member(_ name: String, _ number: Double?) {
        guard let number else { return }
        key(name)
        value(number)
    }

    /// Writes a member with a value as it is, or nothing for nil.
    public mutating func member(_ name: String, _ payload: RawJSON?) {
        guard let payload else { return }
        key(name)
        raw(payload)
    }

    /// Writes a member with bytes that are known to be one valid value, or nothing for nil.
    public mutating func member(_ name: String, _ payload: [UInt8]?) {
        guard let payload else { return }
        key(name)
        raw(bytes: payload)
    }

    /// Writes a member with an array of strings, or nothing for nil.
    public mutating func member(_ name: String, _ texts: [String]?) {
        guard let texts else { return }
        key(name)
        beginArray()
        for text in texts { value(text) }
        endArray()
    }

    /// Writes a member with an object that `write` fills.
    public mutating func object(_ name: String, _ write: (inout JSONWriter) -> Void) {
        key(name)
        beginObject()
        write(&self)
        endObject()
    }

    /// Writes a member with an array that `write` fills.
    public mutating func array(_ name: String, _ write: (inout JSONWriter) -> Void) {
        key(name)
        beginArray()
        write(&self)
        endArray()
    }
}
