/// Whether the daemon behind a socket may be believed: somebody else could wait there for us.
public enum SocketTrust {
    /// Why a socket's directory is not trusted; nil when it is.
    ///
    /// - Parameter isTemporary: it lies where everybody may make directories.
    public static func refusal(
        ofDirectory path: String, for user: User, isTemporary: Bool,
        look: Places.Look = { FileFacts.at($0, link: $1) }
    ) -> String? {
        guard let facts = look(path, true) else { return "there is no \(path)" }
        guard facts.isDirectory else { return "\(path) is not a directory" }
        guard facts.owner == user.uid || facts.owner == 0 && !isTemporary else {
            return "\(path) belongs to another user"
        }
        if isTemporary, facts.isOpenToOthers {
            return "\(path) is open to other users (its mode must be 0700)"
        }
        return facts.isWritableByOthers ? "\(path) can be written by other users" : nil
    }

    /// Why whoever listens is not believed; nil when it is.
    public static func refusal(ofListener uid: UInt32, for user: User) -> String? {
        uid == user.uid || uid == 0 ? nil : "uid \(uid) listens there, and is neither you nor root"
    }
}
