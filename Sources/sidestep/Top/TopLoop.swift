import Glibc
import Sidestep
import SidestepProtocol
import Synchronization

/// Waits for keys, for what the daemon tells and for the terminal's size, and draws.
final class TopLoop {
    /// Between two looks at the daemon while much happens, milliseconds.
    private static let pause = 200
    /// Between two tries to find a daemon that is gone, and two drawings of times that grow.
    private static let second = 1000

    private let terminal: TopTerminal
    private let socket: String?
    private var connection: BlockingConnection?
    private var state = TopState(problem: "asking the daemon …")
    private var chosen = 0
    private var message = ""
    private var page: [String]?
    /// What a `y` does.
    private var asked: TopAction?
    private let news = News()
    private var lookedAt = 0
    private var isOver = false

    init(_ terminal: TopTerminal, _ connection: BlockingConnection, socket: String?) {
        self.terminal = terminal
        self.socket = socket ?? connection.path
        self.connection = connection
    }

    func run() {
        watch()
        while !isOver, SignalRelay.received == nil {
            if SignalRelay.stopAsked.load(ordering: .sequentiallyConsistent) { stop() }
            look()
            draw()
            wait()
        }
    }

    // MARK: The daemon

    /// Rings for each entry of a journal, on a thread of its own, which ends with the program.
    private func watch() {
        let (socket, news) = (socket, news)
        // For what happened while the watch began.
        BackgroundThread.start {
            usleep(500_000)
            news.ring()
        }
        BackgroundThread.start {
            while true {
                let watcher = RunWatcher(socket: socket, autostart: false)
                while (try? watcher.next()) != nil { news.ring() }
                news.ring()
                sleep(1)
            }
        }
    }

    /// Asks for everything if something happened, and not too often.
    private func look() {
        let isGone = state.problem != nil
        guard isGone || news.isThere else { return }
        guard RelativeTime.now() - lookedAt >= (isGone ? Self.second : Self.pause) else { return }
        news.forget()
        let row = row
        perform { connection in state = try TopState(connection) }
        lookedAt = RelativeTime.now()
        chosen = state.rows.firstIndex { found in row.map(found.isSame) ?? false } ?? chosen
        chosen = max(0, min(chosen, state.rows.count - 1))
    }

    /// Does something with the daemon; what it refuses is said, and one that is gone is looked for.
    private func perform(_ work: (BlockingConnection) throws -> Void) {
        do {
            let connection = try connection ?? BlockingConnection(socket: socket, autostart: false)
            self.connection = connection
            try work(connection)
        } catch let error as SidestepError
            where [.connectionLost, .daemonNotFound, .shuttingDown].contains(error.kind)
        {
            connection = nil
            state.problem = "the daemon is gone; looking for it"
        } catch {
            message = (error as? SidestepError)?.message ?? "\(error)"
        }
    }

    // MARK: The terminal

    private var row: TopRow? { state.rows.indices.contains(chosen) ? state.rows[chosen] : nil }

    private func draw() {
        let size = TerminalSize.current
        let screen = TopScreen(
            state: state, width: size.columns, height: size.lines, chosen: chosen,
            message: asked.map { "\($0.question) y n" } ?? message, page: page)
        terminal.draw(screen.lines(hasColour: Output.hasColour))
    }

    private func wait() {
        var polled = [
            pollfd(fd: 0, events: Int16(POLLIN), revents: 0),
            pollfd(fd: SignalRelay.bell, events: Int16(POLLIN), revents: 0),
        ]
        let isDue = news.isThere
        guard poll(&polled, 2, Int32(isDue ? Self.pause : Self.second)) > 0 else { return }
        if polled[1].revents != 0 { SignalRelay.hush() }
        guard polled[0].revents != 0 else { return }
        guard let keys = terminal.keys() else { return isOver = true }
        for key in keys { press(key) }
    }

    /// The terminal is the shell's until we are continued.
    private func stop() {
        terminal.giveBack()
        SignalRelay.stop()
        terminal.take()
    }

    private func press(_ key: TopKey) {
        message = ""
        if let action = asked { return answer(action, key) }
        if page != nil { return page = nil }
        switch key {
        case .letter("q"), .escape: isOver = true
        case .letter("j"), .down: chosen = min(chosen + 1, max(0, state.rows.count - 1))
        case .letter("k"), .up: chosen = max(0, chosen - 1)
        case .letter("?"): page = TopPage.help
        case .enter: open()
        case .letter(let letter): ask(letter)
        }
    }

    private func open() {
        guard let row else { return }
        let width = TerminalSize.current.columns
        perform { connection in page = try TopPage.lines(of: row.run, connection, width: width) }
    }

    private func ask(_ letter: Character) {
        guard "adcpr".contains(letter), let row else { return }
        asked = TopAction(letter, on: row)
        if asked == nil { message = "'\(letter)' does nothing here; ? says what does" }
    }

    private func answer(_ action: TopAction, _ key: TopKey) {
        asked = nil
        guard key == .letter("y") else { return message = "nothing was done" }
        perform { connection in message = try action.work(connection) }
        news.ring()
    }
}

/// Whether something happened since the last look; whoever says so wakes the loop.
private final class News: Sendable {
    private let state = Atomic<Bool>(true)

    var isThere: Bool { state.load(ordering: .sequentiallyConsistent) }

    func forget() { state.store(false, ordering: .sequentiallyConsistent) }

    func ring() {
        state.store(true, ordering: .sequentiallyConsistent)
        SignalRelay.wake()
    }
}
