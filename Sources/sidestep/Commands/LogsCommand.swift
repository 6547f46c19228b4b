import ArgumentParser
import Glibc
import Sidestep
import SidestepProtocol

/// Prints what a supervised program printed.
struct LogsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Print what the program of `sidestep run` printed.",
        discussion: """
              sidestep logs research-1 --follow

            The last 8 to 16 MiB are kept, below $XDG_STATE_HOME/sidestep/logs. Of a program at a terminal \
            they are kept with `--capture`.
            """)

    @OptionGroup var of: RunArgument
    @Flag(name: [.short, .long], help: "Go on until the run has ended.")
    var follow = false
    @OptionGroup var common: Common

    func run() throws {
        let name = try of.name()
        let path = RunLog.path(of: name)
        var place = (file: Int32(-1), inode: ino_t(0))
        if let older = open(path + ".1") {
            copy(older)
            close(older)
        }
        while true {
            let isOver = follow ? try isClosed(name) : true
            if place.file >= 0 { copy(place.file) }
            if let file = open(path) {
                if inode(file) == place.inode {
                    close(file)
                } else {
                    if place.file >= 0 { close(place.file) }
                    place = (file, inode(file))
                    copy(file)
                }
            } else if isOver && !follow {
                // A run that nobody knows is refused here as everywhere.
                _ = try isClosed(name)
                throw SidestepError(
                    .invalidArgument, "there is no log of run '\(name)'",
                    hint: "only `sidestep run` keeps one, when it is not at a terminal or told to --capture")
            }
            if isOver { return }
            usleep(100_000)
        }
    }

    private func isClosed(_ run: String) throws -> Bool {
        let result = try common.connect().call("run.get") { $0.member("run", run) }
        return result["run"]?.present("closed_at") != nil
    }

    private func open(_ path: String) -> Int32? {
        let file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        return file >= 0 ? file : nil
    }

    private func inode(_ file: Int32) -> ino_t {
        var status = stat()
        return fstat(file, &status) == 0 ? status.st_ino : 0
    }

    private func copy(_ file: Int32) {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while case let count = read(file, &chunk, chunk.count), count > 0 {
            Output.print(chunk[..<count])
        }
    }
}
