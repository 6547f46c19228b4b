import SidestepLibC
import SidestepPlaces

/// Finds a daemon that answers, and starts one when there is none and none should be there.
///
/// The order and the rule are those of all clients: docs/operating/daemon.md.
struct DaemonFinder: Sendable {
    /// A socket that somebody named, and what named it.
    private let named: (path: String, origin: String)?
    private let places: Places
    private let environment: Environment
    private let wish: StartRule.Wish

    /// Prepares the search.
    ///
    /// - Parameter autostart: false never starts a daemon; nil leaves it to `SIDESTEP_AUTOSTART`.
    init(socket: String? = nil, autostart: Bool? = nil, environment: Environment = .current) {
        self.environment = environment
        places = Places(environment.variables)
        named = socket.map { ($0, "given") } ?? environment["SIDESTEP_SOCKET"].map { ($0, "SIDESTEP_SOCKET") }
        wish =
            switch (autostart, environment["SIDESTEP_AUTOSTART"]) {
            case (false, _), (nil, "0"): .never
            case (true, _), (nil, "1"): .always
            default: .usual
            }
    }

    private init(_ other: DaemonFinder, stayingAt path: String) {
        (places, environment, wish) = (other.places, other.environment, other.wish)
        named = (path, "the daemon of before")
    }

    /// A search that comes back to the daemon that was found, and takes no other one for it.
    func staying(at socket: UnixSocket) -> DaemonFinder { DaemonFinder(self, stayingAt: socket.path) }

    /// What a search comes to.
    enum Found {
        case answers(UnixSocket)
        /// Nobody is there; one may be started, on this database.
        case missing(socket: String, database: String, Search)
    }

    /// A connection to the first that accepts, or to one that is started.
    func connect() throws -> UnixSocket {
        switch try find() {
        case .answers(let socket): return socket
        case .missing(let socket, let database, var search):
            do {
                return try Autostart(
                    socket: socket, database: database, places: places, environment: environment
                ).connect()
            } catch {
                search.note((error as? Reason)?.text ?? "\(error)")
                throw notFound(search, nil)
            }
        }
    }

    /// The first that accepts, or where one may be started; throws when none may be.
    func find() throws -> Found {
        var search = Search(places: places)
        if let named {
            if let found = search.connect(to: named.path, named.origin) { return .answers(found) }
            guard namesOwn else { throw notFound(search, rule.refusal) }
        } else if let found = search.connectToOwn() {
            return .answers(found)
        }
        if let found = try connectToHolder(&search) { return .answers(found) }
        if named == nil, let found = try connectToMachine(&search) { return .answers(found) }
        if let refusal = rule.refusal { throw notFound(search, refusal) }
        do {
            let database = try places.database()
            return .missing(socket: named?.path ?? places.socket, database: database, search)
        } catch {
            throw notFound(search, error)
        }
    }

    /// The daemon that has the user's database, wherever it listens: cron and a login have other environments.
    ///
    /// One that is being started, that leaves, or that lost its socket is waited for.
    private func connectToHolder(_ search: inout Search) throws -> UnixSocket? {
        guard let database = try? places.database() else { return nil }
        let deadline = ContinuousClock.now + Self.holderPatience
        while let holder = DatabaseHolder.last(of: database, for: places.user), holder.holds(database) {
            // The first daemons did not say where they listen.
            guard let path = holder.socket else {
                throw notFound(search, StartRule.unreachable(holder, database))
            }
            var attempt = search
            if let found = attempt.connect(to: path, "of the database's daemon", isOwn: true) { return found }
            guard ContinuousClock.now < deadline else {
                throw notFound(attempt, StartRule.unreachable(holder, database))
            }
            Threads.pause(.milliseconds(20))
        }
        return nil
    }

    private static let holderPatience: Duration = .seconds(10)

    private func connectToMachine(_ search: inout Search) throws -> UnixSocket? {
        guard let found = search.connectToMachine() else { return nil }
        guard let database = ownDatabase else { return found }
        if wish == .always { return nil }
        throw notFound(search, StartRule.ambiguous(database))
    }

    // MARK: What the rule asks

    /// The user's own database, if there is one.
    private var ownDatabase: String? {
        guard let database = try? places.database(), FileFacts.at(database) != nil else { return nil }
        return database
    }

    /// Whether the named socket is where the user's own daemon listens, or last did.
    private var namesOwn: Bool {
        guard let named else { return false }
        if named.path == places.socket { return true }
        guard let database = try? places.database() else { return false }
        return DatabaseHolder.last(of: database, for: places.user)?.socket == named.path
    }

    var rule: StartRule {
        let others = DaemonsToBe(places)
        var rule = StartRule()
        rule.wish = wish
        rule.named = named
        rule.namesOwn = namesOwn
        rule.userUnit = others.userUnit
        rule.hasSystemUnit = others.hasSystemUnit
        rule.servesMachine = others.servesMachine
        rule.isRoot = places.user.uid == 0
        rule.isMember = places.user.isMember(of: DaemonsToBe.group)
        rule.hasDatabase = ownDatabase != nil
        return rule
    }

    private func notFound(_ search: Search, _ refusal: NoPlace?) -> SidestepError {
        let tried = search.tried + (refusal.map { [$0.message] } ?? [])
        return SidestepError(
            .daemonNotFound, "no Sidestep daemon answers; tried " + tried.joined(separator: "; "),
            hint: refusal?.hint ?? "start one with: sidestepd --socket \(named?.path ?? places.socket)")
    }
}

/// Where a search has been, and why that was not it.
struct Search {
    let places: Places
    private(set) var tried: [String] = []

    init(places: Places) { self.places = places }

    mutating func note(_ reason: String) { tried.append(reason) }

    mutating func connectToOwn() -> UnixSocket? {
        let path = places.socket
        let isTemporary = places.runtime.isTemporary && path == places.standardSocket
        if let reason = SocketTrust.refusal(
            ofDirectory: path.directory, for: places.user, isTemporary: isTemporary)
        {
            note("\(path) (yours): \(reason)")
            return nil
        }
        return connect(to: path, "yours", isOwn: true)
    }

    mutating func connectToMachine() -> UnixSocket? {
        let path = Places.systemSocket
        if let reason = SocketTrust.refusal(
            ofDirectory: path.directory, for: User(uid: 0, home: nil), isTemporary: false)
        {
            note("\(path) (the machine's): \(reason)")
            return nil
        }
        return connect(to: path, "the machine's")
    }

    /// - Parameter isOwn: whoever listens must be the user, or root.
    mutating func connect(to path: String, _ origin: String, isOwn: Bool = false) -> UnixSocket? {
        do {
            let socket = try UnixSocket(path: path)
            guard isOwn, let uid = socket.listenerUser,
                let reason = SocketTrust.refusal(ofListener: uid, for: places.user)
            else { return socket }
            note("\(path) (\(origin)): \(reason)")
        } catch {
            note("\(path) (\(origin)): \(error.message)")
        }
        return nil
    }
}

/// Why a place was passed over.
package struct Reason: Error {
    let text: String
}
