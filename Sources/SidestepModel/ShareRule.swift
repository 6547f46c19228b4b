/// Whether a user may have more of the daemon: rules over what he has, and what all have together.
///
/// Administrators have no share of their own. The bounds for all hold for them as well, and for connections a few are
/// kept back for them, so that somebody can always look and act.
public struct ShareRule: Sendable {
    /// Connections that only administrators may have, beyond `connections`.
    public static let reservedConnections = 8
    /// A line up to this size is let in whatever a user holds: small calls go on beside large ones.
    public static let smallBytes = 64 << 10

    private let limits: Limits
    private let isAdministrator: Bool

    /// The rules for one caller under the limits that hold now.
    public init(_ limits: Limits, isAdministrator: Bool) {
        self.limits = limits
        self.isAdministrator = isAdministrator
    }

    /// What was met, and whose it is.
    public enum Refusal: Error, Sendable, Equatable {
        case ofUser(String, Int)
        case ofAll(String, Int)

        /// The name of the limit: `data.limit` of the error.
        public var limit: String {
            switch self {
            case .ofUser(let name, _), .ofAll(let name, _): name
            }
        }
    }

    /// Whether there may be one more connection.
    public func connection(own: Int, all: Int) -> Refusal? {
        if all >= limits.connections + (isAdministrator ? Self.reservedConnections : 0) {
            return .ofAll("connections", limits.connections)
        }
        return isAdministrator || own < limits.userConnections
            ? nil : .ofUser("user_connections", limits.userConnections)
    }

    /// Whether there may be one more request without a reply.
    public func request(own: Int) -> Refusal? {
        isAdministrator || own < limits.userRequestsInFlight
            ? nil : .ofUser("user_requests_in_flight", limits.userRequestsInFlight)
    }

    /// Whether there may be one more watch.
    public func watch(own: Int) -> Refusal? {
        isAdministrator || own < limits.userWatches ? nil : .ofUser("user_watches", limits.userWatches)
    }

    /// Whether so many bytes may be held: of lines that are coming or being worked on, and of unread replies.
    ///
    /// The bound for all leaves each user the bytes of one line, whatever the others hold.
    public func bytes(own: Int, all: Int) -> Refusal? {
        if !isAdministrator, own > limits.userBytes { return .ofUser("user_bytes", limits.userBytes) }
        if all > limits.heldBytes, own > limits.frameBytes { return .ofAll("held_bytes", limits.heldBytes) }
        return nil
    }
}
