import Glibc
import SidestepModel

/// The tables beside this file, made by `Zones/generate.py` with another implementation.
enum ZoneTables {
    private static let folder = String(#filePath.prefix(upTo: #filePath.lastIndex(of: "/")!)) + "/Zones/"

    static func bytes(_ name: String) -> [UInt8] {
        guard let file = fopen(folder + name, "re") else { return [] }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 4 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        return Array(bytes.prefix(count))
    }

    static func rows(_ name: String) -> [[Substring]] {
        String(decoding: bytes(name), as: UTF8.self).split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false)
        }
    }

    static func zone(_ name: some StringProtocol) -> ZoneRules? {
        ZoneRules(tzif: bytes(name.split(separator: "/").joined(separator: "-") + ".tzif"))
    }

    static let zones: [String: ZoneRules] = {
        let names = Set(rows("cron.tsv").map { String($0[0]) })
        return Dictionary(uniqueKeysWithValues: names.map { ($0, zone($0)!) })
    }()
}
