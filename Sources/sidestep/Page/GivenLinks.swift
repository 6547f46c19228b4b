import Sidestep
import SidestepPage
import SidestepProtocol

/// Links to pages that are being served by the same user, or for root by the machine's service.
struct GivenLinks {
    let port: Int?
    let json: Bool

    func print() throws {
        // What lies where others can put something may be a page of theirs.
        let own = LinkPlace(Environment.current.variables)
        let folders = (own.isTrusted ? [own.folder] : []) + [LinkPlace.ofService]
        let places = folders.flatMap(LinkPlace.all).filter { port == nil || $0.port == port }
        let links = places.compactMap { place in Self.ask(place.path).map { (place.port, $0) } }
        guard !links.isEmpty else {
            let place = port.map { " at port \($0)" } ?? ""
            throw SidestepError(
                .daemonNotFound, "no page of yours is being served\(place)", hint: "start one: sidestep ui")
        }
        for (port, url) in links { Output.line(PageDesk.text(url, port, json: json)) }
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
