import Glibc

/// Finds a daemon that answers, and starts one when there is none.
struct DaemonFinder {
    let candidates: SocketCandidates
    let environment: Environment
    /// Whether a daemon may be started.
    let autostart: Bool

    /// Prepares the search.
    ///
    /// - Parameter autostart: false never starts a daemon; nil leaves it to `SIDESTEP_AUTOSTART`.
    init(socket: String? = nil, autostart: Bool? = nil, environment: Environment = .current) {
        self.environment = environment
        self.candidates = SocketCandidates(explicit: socket, environment: environment)
        self.autostart = autostart ?? (environment["SIDESTEP_AUTOSTART"] != "0")
    }

    /// A connection to the first candidate that accepts.
    func connect() throws -> UnixSocket {
        var tried: [String] = []
        for candidate in candidates.all {
            switch attempt(candidate) {
            case .success(let socket): return socket
            case .failure(let reason): tried.append("\(candidate.path) (\(candidate.origin)): \(reason.text)")
            }
        }
        guard autostart else { throw notFound(tried + ["no daemon started: SIDESTEP_AUTOSTART is 0"]) }
        do {
            return try Autostart(listenAt: candidates.startAt, environment: environment).connect()
        } catch {
            throw notFound(tried + [error.text])
        }
    }

    private func attempt(_ candidate: SocketCandidates.Candidate) -> Result<UnixSocket, Reason> {
        do {
            if candidate.mustBePrivate { try PrivateDirectory.check(candidate.directory) }
            return .success(try UnixSocket(path: candidate.path))
        } catch let reason as Reason {
            return .failure(reason)
        } catch {
            return .failure(Reason(text: (error as? SystemError)?.message ?? "\(error)"))
        }
    }

    private func notFound(_ tried: [String]) -> SidestepError {
        SidestepError(
            .daemonNotFound, "no Sidestep daemon answers; tried " + tried.joined(separator: "; "),
            hint: "start one with: sidestepd --socket \(candidates.startAt.path)")
    }
}

/// Why a place was passed over.
struct Reason: Error {
    let text: String
}

extension SocketCandidates.Candidate {
    /// The directory the socket stands in.
    var directory: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// A directory that only this user can enter.
enum PrivateDirectory {
    /// Throws unless `path` is a real directory of this user, closed to everybody else.
    static func check(_ path: String) throws(Reason) {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw Reason(text: SystemError("lstat").message) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw Reason(text: "\(path) is not a directory") }
        guard status.st_uid == geteuid() else { throw Reason(text: "\(path) belongs to another user") }
        guard status.st_mode & 0o077 == 0 else { throw Reason(text: "\(path) is open to other users") }
    }

    /// Makes the directory when it is missing, with mode 0700.
    static func make(_ path: String) throws(Reason) {
        guard mkdir(path, 0o700) != 0, errno != EEXIST else { return }
        throw Reason(text: "cannot make \(path): \(SystemError("mkdir").message)")
    }
}
