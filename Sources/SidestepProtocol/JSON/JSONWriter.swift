/// Writes JSON text into one growing buffer.
///
/// It puts the commas; the caller closes what it opens. Nothing is allocated besides the buffer.
public struct JSONWriter: Sendable {
    /// What has been written so far.
    public private(set) var bytes: [UInt8]
    /// Whether the next key or element is not the first of its container.
    private var needsComma = false

    /// Starts with room for this many bytes.
    public init(capacity: Int = 256) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Opens an object.
    public mutating func beginObject() { open(Byte.openBrace) }
    /// Closes the innermost object.
    public mutating func endObject() { close(Byte.closeBrace) }
    /// Opens an array.
    public mutating func beginArray() { open(Byte.openBracket) }
    /// Closes the innermost array.
    public mutating func endArray() { close(Byte.closeBracket) }

    /// Writes a member's name and its colon.
    public mutating func key(_ name: String) {
        separate()
        JSONText.append(name, to: &bytes)
        bytes.append(Byte.colon)
        needsComma = false
    }

    /// Writes a string.
    public mutating func value(_ text: String) {
        separate()
        JSONText.append(text, to: &bytes)
    }

    /// Writes an integer.
    public mutating func value(_ number: Int64) {
        separate()
        appendDigits(of: number)
    }

    /// Writes an integer.
    public mutating func value(_ number: Int) { value(Int64(number)) }

    /// Writes `true` or `false`.
    public mutating func value(_ flag: Bool) {
        separate()
        bytes.append(contentsOf: flag ? "true".utf8 : "false".utf8)
    }

    /// Writes a number in the shortest form that reads back the same; infinities and NaN, which JSON lacks,
    /// as null.
    public mutating func value(_ number: Double) {
        guard number.isFinite else { return null() }
        separate()
        bytes.append(contentsOf: number.description.utf8)
    }

    /// Writes `null`.
    public mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
    }

    /// Writes a value as it is.
    public mutating func raw(_ value: RawJSON) {
        separate()
        let count = value.bytes.count
        // What follows a large value is not to copy it again.
        if count > 64 << 10 { bytes.reserveCapacity(bytes.count + count + 1024) }
        bytes.append(contentsOf: value.bytes)
    }

    /// Writes bytes that are known to be one valid value.
    public mutating func raw(bytes value: some Collection<UInt8>) {
        separate()
        bytes.append(contentsOf: value)
    }

    /// Ends the text with a newline: one frame is complete, another may follow in the same buffer.
    public mutating func newline() {
        bytes.append(0x0A)
        needsComma = false
    }

    @inline(__always)
    private mutating func separate() {
        if needsComma { bytes.append(Byte.comma) }
        needsComma = true
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func appendDigits(of number: Int64) {
        if number < 0 { bytes.append(Byte.minus) }
        let start = bytes.count
        var rest = number.magnitude
        repeat {
            bytes.append(Byte.zero + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }
}
