import SidestepPlaces

/// Which daemon a program that connects now would have, without starting one.
public struct DaemonLocation: Sendable {
    /// The socket that answers, or at which a daemon would be started; nil when the search was refused.
    public var socket: String?
    /// The database of the user's own daemon; nil when another daemon is meant, or there is no place for one.
    public var database: String?
    /// Whether a daemon answers.
    public var answers = false
    /// Why none does and none would be started.
    public var problem: SidestepError?

    /// Looks in the usual places, or at the socket that is named.
    ///
    /// - Parameter autostart: as for ``SidestepClient/Configuration``.
    public static func find(socket: String? = nil, autostart: Bool? = nil) -> DaemonLocation {
        var location = DaemonLocation()
        let places = Places(Environment.current.variables)
        do {
            switch try DaemonFinder(socket: socket, autostart: autostart).find() {
            case .answers(let found):
                location.socket = found.path
                location.answers = true
                let own = try? places.database()
                let holder = own.flatMap { DatabaseHolder.last(of: $0, for: places.user) }
                if found.path == places.socket || holder?.socket == found.path { location.database = own }
            case .missing(let socket, let database, _):
                location.socket = socket
                location.database = database
            }
        } catch {
            location.problem = error as? SidestepError ?? SidestepError(.daemonNotFound, "\(error)")
        }
        return location
    }
}
