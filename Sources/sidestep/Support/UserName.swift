import ArgumentParser
import Glibc
import Sidestep
import SidestepProtocol

/// Users as people know them.
enum UserName {
    /// The name of a user of this host, else the number.
    static func text(_ uid: Int) -> String {
        guard let number = uid_t(exactly: uid), let record = getpwuid(number) else { return "\(uid)" }
        return String(cString: record.pointee.pw_name)
    }

    /// Who did something, as a journal's detail says it: `alice (pid 812)`.
    static func text(by: RawJSON?) -> String? {
        guard let uid = by?["uid"]?.int else { return nil }
        let process = by?["pid"]?.int.map { $0 > 0 ? " (pid \($0))" : "" } ?? ""
        return text(uid) + process
    }

    /// Whether a list holds something of others: then it says whose each is.
    static func areOthers(in elements: [RawJSON]) -> Bool {
        elements.contains { $0["user"]?.int.map { $0 != Int(getuid()) } ?? false }
    }
}

extension Column {
    /// Whose it is.
    static var user: Column { Column("USER") { $0["user"]?.int.map(UserName.text) ?? "all" } }
}

/// A user by name or number.
struct UserArgument: ExpressibleByArgument {
    let uid: Int

    init?(argument: String) {
        let listed = getpwnam(argument).map { Int($0.pointee.pw_uid) }
        guard let uid = listed ?? uid_t(argument).map(Int.init) else { return nil }
        self.uid = uid
    }
}
