import Glibc

/// How the page is served.
package struct PageOptions: Sendable {
    /// The port of loopback; 0 for one that the kernel picks.
    package var port = 0
    /// A listening socket that was handed to this process, in place of a port.
    package var descriptor: Int32?
    /// The daemon's socket; nil looks in the usual places.
    package var socket: String?
    /// Whether every method that writes is refused.
    package var isReadOnly = false
    /// Whether `/metrics` answers.
    package var hasMetrics = false
    /// Who may connect besides the user of this process and root.
    package var users: Set<UInt32> = []
    /// How long a one-time code is good.
    package var codesGoodFor: Duration = .seconds(60)
    /// How long a connection is waited for that sends, or takes, too slowly.
    package var patience: Duration = .seconds(30)
    /// Where the socket is from which further links come; nil for none.
    package var links: String?
    /// The version of this program.
    package var version = ""

    /// What holds where nothing else is said.
    package init() {}

    /// The users who may connect.
    var admitted: Set<UInt32> { users.union([geteuid(), 0]) }
}
