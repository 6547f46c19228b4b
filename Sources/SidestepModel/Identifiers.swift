/// Ids that the daemon makes.
public enum Identifiers {
    /// A new run id: sortable by time of creation, 26 characters (Crockford base 32 of 48 bits of
    /// time and 80 random bits).
    public static func run(at now: Instant, random: any RandomSource) -> String {
        sortable(now, random)
    }

    /// A new checkpoint id, unique in the database.
    public static func checkpoint(at now: Instant, random: any RandomSource) -> String {
        "cp_" + sortable(now, random)
    }

    /// A new id of a delivery to a webhook.
    public static func delivery(at now: Instant, random: any RandomSource) -> String {
        "dl_" + sortable(now, random)
    }

    /// Sortable by time: what is made together lies together in an index, so a commit with a hundred of them writes
    /// a few pages of it and not a hundred.
    private static func sortable(_ now: Instant, _ random: any RandomSource) -> String {
        let time = UInt64(max(0, now.milliseconds))
        let timeBytes = (0..<6).map { UInt8(truncatingIfNeeded: time >> UInt64(40 - 8 * $0)) }
        return base32(timeBytes + random.bytes(10))
    }

    /// A new mark for the processes of one attempt of a step.
    public static func execution(random: any RandomSource) -> String { "ex_" + hex(random.bytes(12)) }

    /// The unique name of one generation of a run; the first part of every idempotency key.
    public static func generation(random: any RandomSource) -> String { hex(random.bytes(10)) }

    /// A new resume token: 128 random bits; only its hash is stored.
    public static func resumeToken(random: any RandomSource) -> String { "rt_" + hex(random.bytes(16)) }

    /// Lower-case hexadecimal text of `bytes`.
    public static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Crockford's base 32, lower case, most significant bits first; keeps the order of the bytes.
    static func base32(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
        var text: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(digits[Int(buffer >> UInt32(bits)) & 31])
            }
        }
        if bits > 0 { text.append(digits[Int(buffer << UInt32(5 - bits)) & 31]) }
        return String(decoding: text, as: UTF8.self)
    }
}
