import Sidestep
import SidestepPage
import SidestepProtocol

/// Links to pages that are being served by the same user, or for root by the machine's service.
struct GivenLinks {
    /// How long a page is waited for that is on its way, in milliseconds, and how long between two looks.
    private static let (patience, pause): (Int32, Int32) = (10_000, 20)

    let port: Int?
    let json: Bool

    func print() throws {
        var links = given()
        if links.isEmpty { links = givenByStarting() }
        guard !links.isEmpty else {
            let place = port.map { " at port \($0)" } ?? ""
            throw SidestepError(
                .daemonNotFound, "no page of yours is being served\(place)", hint: "start one: sidestep ui")
        }
        for (port, url) in links { Output.line(PageDesk.text(url, port, json: json)) }
    }

    private func given() -> [(port: Int, url: String)] {
        // What lies where others can put something may be a page of theirs.
        let own = LinkPlace(Environment.current.variables)
        let folders = (own.isTrusted ? [own.folder] : []) + [LinkPlace.ofService]
        let places = folders.flatMap(LinkPlace.all).filter { port == nil || $0.port == port }
        return places.compactMap { place in Self.ask(place.path).map { (place.port, $0) } }
    }

    /// What a page gives that has been called a moment ago, or that systemd starts now: it listens before it gives.
    private func givenByStarting() -> [(port: Int, url: String)] {
        guard let page = StartingPage(port: port ?? StartingPage.portOfUnits) else { return [] }
        for _ in 0..<Self.patience / Self.pause {
            let isThere = page.isThere(after: Self.pause)
            let links = given()
            if !links.isEmpty || !isThere { return links }
        }
        return []
    }

    /// The link that a page gives; nil where none is any more.
    private static func ask(_ path: String) -> String? {
        guard let socket = try? UnixSocket(path: path) else { return nil }
        let text = String(
            decoding: StandardInput.all(of: socket.descriptor).prefix { $0 != 10 }, as: UTF8.self)
        withExtendedLifetime(socket) {}
        return text.hasPrefix("http://") ? text : nil
    }
}
