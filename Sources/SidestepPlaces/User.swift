import SidestepLibC

/// Whoever runs this program: the effective user, and what the host's databases say of it.
public struct User: Sendable {
    /// The number of the user.
    public let uid: UInt32
    /// The home directory in the password database; nil when the user is not in it.
    public let home: String?
    /// The name there, else the number.
    public let name: String

    /// A user as the system or a test describes him.
    public init(uid: UInt32, home: String?, name: String? = nil) {
        self.uid = uid
        self.home = home
        self.name = name ?? "\(uid)"
    }

    /// The user whose rights this process has.
    public static var current: User {
        let uid = geteuid()
        var record = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        guard getpwuid_r(uid, &record, &buffer, buffer.count, &found) == 0, found != nil else {
            return User(uid: uid, home: nil)
        }
        return User(uid: uid, home: String(cString: record.pw_dir), name: String(cString: record.pw_name))
    }

    /// Whether the user is in a group: by this process, or by the group database, where it counts from the next login
    /// on.
    public func isMember(of group: String) -> Bool {
        var record = SidestepLibC.group()
        var found: UnsafeMutablePointer<SidestepLibC.group>?
        var buffer = [CChar](repeating: 0, count: 64 << 10)
        guard getgrnam_r(group, &record, &buffer, buffer.count, &found) == 0, found != nil else {
            return false
        }
        var groups = [gid_t](repeating: 0, count: 65_536)
        let count = getgroups(Int32(groups.count), &groups)
        if record.gr_gid == getegid() || groups.prefix(max(0, Int(count))).contains(record.gr_gid) {
            return true
        }
        var member = record.gr_mem
        while let text = member?.pointee {
            if String(cString: text) == name { return true }
            member = member?.successor()
        }
        return false
    }
}
