/// Sixteen bytes of a text that are looked at together: a register of every processor that Swift runs on.
///
/// Signed, so that what is not ASCII is below zero.
typealias Lanes = SIMD16<Int8>

extension Lanes {
    static var width: Int { 16 }

    /// The bytes from `index` on; nil when there are fewer.
    @inline(__always)
    init?(_ bytes: Span<UInt8>, at index: Int) {
        guard index + Self.width <= bytes.count else { return nil }
        self = bytes.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: Lanes.self)
    }

    @inline(__always)
    static func == (lanes: Lanes, byte: UInt8) -> SIMDMask<Lanes> {
        lanes .== Lanes(repeating: Int8(bitPattern: byte))
    }
}

extension SIMDMask<Lanes> {
    /// The first lane that is set; nil when none is.
    @inline(__always)
    var first: Int? {
        // A mask is frozen as lanes that are all ones or all zeros.
        let words = unsafeBitCast(self, to: SIMD2<UInt64>.self)
        if words.x != 0 { return words.x.littleEndian.trailingZeroBitCount / 8 }
        if words.y != 0 { return 8 + words.y.littleEndian.trailingZeroBitCount / 8 }
        return nil
    }
}
