import Glibc
import SidestepModel
import SidestepEngine
import Synchronization

/// The host's time zones: TZif files below `$TZDIR` or `/usr/share/zoneinfo`, tzfile(5).
///
/// A zone is read again when its file has changed, so that an update of tzdata needs no restart.
struct HostTimeZones: TimeZoneSource {
    private struct Known {
        let modified: Int
        let rules: ZoneRules
    }

    /// The largest real file has about 4 KB; anything beyond this is none.
    private static let maximumBytes = 1 << 16

    private let directory: String
    private let known = Cache()

    private final class Cache: Sendable {
        let zones = Mutex<[String: Known]>([:])
    }

    init(_ directory: String) { self.directory = directory }

    func rules(_ name: String) -> ZoneRules? {
        if name == "UTC" { return .utc }
        guard Self.isPlausible(name) else { return nil }
        let path = directory + "/" + name
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let modified = Int(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int(status.st_mtim.tv_nsec)
        if let zone = known.zones.withLock({ $0[name] }), zone.modified == modified { return zone.rules }
        guard let rules = Self.read(path).flatMap(ZoneRules.init(tzif:)) else { return nil }
        known.zones.withLock { $0[name] = Known(modified: modified, rules: rules) }
        return rules
    }

    /// A name comes from a client: it must not lead out of the directory.
    private static func isPlausible(_ name: String) -> Bool {
        let isCharacter = { (byte: UInt8) in
            byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a || byte >= 0x30 && byte <= 0x39
                || "_+-/".utf8.contains(byte)
        }
        return name.utf8.count <= 64 && name.utf8.allSatisfy(isCharacter) && !name.hasPrefix("/")
    }

    private static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: maximumBytes)
        let count = fread(&bytes, 1, bytes.count, file)
        return count < maximumBytes ? Array(bytes.prefix(count)) : nil
    }
}
