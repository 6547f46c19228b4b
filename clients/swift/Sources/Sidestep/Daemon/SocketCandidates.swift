import Glibc

/// Where a daemon's socket may be, in the order of looking.
struct SocketCandidates {
    /// A place to look, and why.
    struct Candidate: Equatable {
        let path: String
        /// Where the path comes from, for the error that names what was tried.
        let origin: String
        /// The directory must belong to this user and be closed to others, or somebody else could wait there
        /// for us.
        var mustBePrivate = false
    }

    let all: [Candidate]
    /// Where a daemon started by this client is to listen.
    let startAt: Candidate

    /// Works out the candidates from an explicit path and the environment.
    init(explicit: String?, environment: Environment) {
        if let explicit = Self.explicit(explicit, environment) {
            all = [explicit]
            startAt = explicit
            return
        }
        let system = Candidate(path: "/run/sidestep/sidestep.sock", origin: "the system's daemon")
        if let runtime = environment["XDG_RUNTIME_DIR"] {
            startAt = Candidate(path: runtime + "/sidestep/sidestep.sock", origin: "XDG_RUNTIME_DIR")
            all = [startAt, system]
        } else {
            startAt = Self.perUser(environment)
            all = [system, startAt]
        }
    }

    private static func explicit(_ path: String?, _ environment: Environment) -> Candidate? {
        if let path { return Candidate(path: path, origin: "given") }
        return environment["SIDESTEP_SOCKET"].map { Candidate(path: $0, origin: "SIDESTEP_SOCKET") }
    }

    private static func perUser(_ environment: Environment) -> Candidate {
        let temporary = environment["TMPDIR"] ?? "/tmp"
        return Candidate(
            path: "\(temporary)/sidestep-\(geteuid())/sidestep.sock",
            origin: "the user's temporary directory",
            mustBePrivate: true)
    }
}
