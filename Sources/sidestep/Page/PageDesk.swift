import Glibc
import Sidestep
import SidestepHost
import SidestepPage
import SidestepProtocol

/// Sits where `sidestep ui` was called: prints links, and waits for the end.
///
/// It never waits for who reads what it prints: a full pipe is not to keep a signal from ending the page.
final class PageDesk {
    private let server: PageServer
    private let json: Bool
    /// What has to be printed yet, by stream.
    private var pending: [Int32: [UInt8]] = [1: [], 2: []]
    private var input: Int32
    private var isFirst = true

    init(_ server: PageServer, json: Bool) {
        (self.server, self.json) = (server, json)
        input = isatty(0) == 1 ? 0 : -1
    }

    // MARK: Links

    static func text(_ url: String, _ port: Int, json: Bool) -> String {
        guard json else { return url }
        return RawJSON.object { writer in
            writer.member("url", url)
            writer.member("port", port)
        }.text
    }

    func printLink(opening: Bool = false) {
        let url = server.newLink()
        let isOpened = opening && Browser.open(url)
        put(Self.text(url, server.port, json: json), to: 1)
        guard isFirst, !json else { return }
        isFirst = false
        say(
            isOpened
                ? "the page is open in a browser"
                : "open it in a browser: the link is good once, for a minute")
        say(
            input < 0 ? "another link: sidestep ui --link" : "Enter prints another link, Ctrl-C ends the page"
        )
    }

    func say(_ text: String) { if !Quiet.isOn { put("sidestep: \(text)", to: 2) } }

    private func put(_ line: String, to stream: Int32) {
        // Of a reader who takes nothing, not more than he needs.
        guard pending[stream, default: []].count < 16 << 10 else { return }
        pending[stream, default: []] += Array((line + "\n").utf8)
    }

    // MARK: Waiting

    /// Returns when a signal has come that ends it.
    func run() {
        SignalRelay.hearChildren()
        while SignalRelay.received == nil { turn() }
        // What is left is printed if somebody takes it.
        for stream in pending.keys { write(to: stream) }
    }

    private func turn() {
        let isOurs = input >= 0 && tcgetpgrp(input) == getpgrp()
        var polled = [
            look(SignalRelay.bell, POLLIN), look(isOurs ? input : -1, POLLIN),
            look(isEmpty(1) ? -1 : 1, POLLOUT), look(isEmpty(2) ? -1 : 2, POLLOUT),
        ]
        // In the background a key is for somebody else, and nothing tells when we are called to the front again.
        let longest = input >= 0 && !isOurs ? 1000 : SignalRelay.longest
        guard poll(&polled, nfds_t(polled.count), longest) > 0 else { return }
        if polled[0].revents != 0 { SignalRelay.hush() }
        ChildProcess.reapAll()
        if polled[1].revents != 0 { readKeys() }
        if polled[2].revents != 0 { write(to: 1) }
        if polled[3].revents != 0 { write(to: 2) }
    }

    private func isEmpty(_ stream: Int32) -> Bool { pending[stream]?.isEmpty != false }

    private func look(_ descriptor: Int32, _ events: Int32) -> pollfd {
        pollfd(fd: descriptor, events: Int16(events), revents: 0)
    }

    private func readKeys() {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(input, &bytes, bytes.count)
        if count < 0 && errno == EINTR { return }
        guard count > 0 else {
            input = -1
            return
        }
        if bytes[..<count].contains(10) { printLink() }
    }

    /// Writes what a pipe takes for sure: poll(2) promises no more.
    private func write(to stream: Int32) {
        guard let bytes = pending[stream], !bytes.isEmpty else { return }
        var polled = [look(stream, POLLOUT)]
        guard poll(&polled, 1, 0) > 0 else { return }
        let count = Glibc.write(stream, bytes, min(bytes.count, 4096))
        if count < 0 && errno == EINTR { return }
        pending[stream] = count < 0 ? [] : Array(bytes.dropFirst(count))
    }
}

/// The user's browser, as the desktop has it.
enum Browser {
    /// Opens an address; false where there is no display, or nothing that opens it.
    static func open(_ url: String) -> Bool {
        let environment = Environment.current
        guard ["DISPLAY", "WAYLAND_DISPLAY"].contains(where: { environment[$0] != nil }) else { return false }
        let streams: [Int32: ChildProcess.Stream] = [0: .nowhere, 1: .nowhere, 2: .nowhere]
        // A group of its own: Ctrl-C here is not for the browser.
        return ChildProcess.start(["xdg-open", url], environment, streams: streams, ownGroup: true).child
            != nil
    }
}
