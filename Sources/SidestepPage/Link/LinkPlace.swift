import Glibc
import SidestepPlaces

/// Where the sockets are from which the pages of a user give further links: one file a page, beside the daemon's
/// socket.
package struct LinkPlace: Sendable {
    /// The folder of the sockets.
    package let folder: String
    private let isTemporary: Bool
    private let user: User

    /// Where the user's pages have theirs; systemd gives a service a folder of its own.
    package init(_ environment: [String: String]) {
        let places = Places(environment)
        user = places.user
        if let own = environment["RUNTIME_DIRECTORY"], own.hasPrefix("/"), environment["LISTEN_FDS"] != nil {
            (folder, isTemporary) = (own, false)
        } else {
            (folder, isTemporary) = (places.runtime.directory, places.runtime.isTemporary)
        }
    }

    /// The folder of the machine's page.
    package static let ofService = "/run/sidestep-ui"

    /// The socket of the page at a port.
    package static func file(_ port: Int) -> String { "ui-\(port).sock" }

    /// Makes the folder where it is missing.
    ///
    /// - Returns: it, or nil where others could put something into it.
    package func make() -> String? {
        mkdir(folder, 0o700)
        return isTrusted ? folder : nil
    }

    /// Whether nobody else can put something there.
    package var isTrusted: Bool {
        SocketTrust.refusal(ofDirectory: folder, for: user, isTemporary: isTemporary) == nil
    }

    /// The sockets in a folder, with their ports.
    package static func all(in folder: String) -> [(port: Int, path: String)] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var found: [(port: Int, path: String)] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name.hasPrefix("ui-"), name.hasSuffix(".sock") else { continue }
            guard let port = Int(name.dropFirst(3).dropLast(5)) else { continue }
            found.append((port, folder + "/" + name))
        }
        return found.sorted { $0.port < $1.port }
    }
}
