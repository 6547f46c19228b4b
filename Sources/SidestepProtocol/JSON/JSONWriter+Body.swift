extension JSONWriter {
    /// Writes bytes as a member: `text` where they are UTF-8 without NUL, and `base64` where they are not.
    public mutating func body(_ bytes: [UInt8]) {
        if let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) {
            member("text", text)
        } else {
            member("base64", Base64.encode(bytes))
        }
    }
}
