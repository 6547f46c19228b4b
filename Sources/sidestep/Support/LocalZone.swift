import Glibc
import Sidestep

/// The time zone in which whoever types the command lives.
enum LocalZone {
    /// Its IANA name: what TZ names (tzset(3)), or the zone of the machine; UTC where neither is known.
    static let name: String = {
        let named = (Environment.current["TZ"] ?? "").drop { $0 == ":" }
        if let name = plain(named) { return name }
        var target = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = target.withUnsafeMutableBytes { readlink("/etc/localtime", $0.baseAddress!, $0.count) }
        guard named.isEmpty, count > 0 else { return "UTC" }
        return plain(String(decoding: target.prefix(count), as: UTF8.self)[...]) ?? "UTC"
    }()

    /// What a path or a name says behind `zoneinfo`, where it has the form of a zone's name.
    private static func plain(_ text: Substring) -> String? {
        var parts = text.split(separator: "/", omittingEmptySubsequences: false)
        if let place = parts.lastIndex(of: "zoneinfo") { parts.removeFirst(place + 1) }
        let name = parts.joined(separator: "/")
        let isName = parts.count > 1 && parts[0] != "" && parts[0] != ".." && !name.contains(",")
        guard isName else { return nil }
        return name.hasPrefix("Etc/U") ? "UTC" : name
    }
}
