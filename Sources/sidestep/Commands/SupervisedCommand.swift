import ArgumentParser
import CShims
import Glibc
import Sidestep
import SidestepHost

/// Becomes the program of `sidestep run`, after it has made sure that the program ends with its supervisor.
///
/// prctl(2) can be called only by the process that it is about, and posix_spawn(3) runs nothing in between.
struct SupervisedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "supervised", shouldDisplay: false)

    @Argument var supervisor: Int32
    @Argument(parsing: .postTerminator) var command: [String] = []

    func run() throws {
        _ = shim_end_with_parent(SIGTERM)
        // It may have ended before we asked.
        if getppid() != supervisor || command.isEmpty { Glibc.exit(Supervisor.ExitStatus.internalError) }
        let number = ProgramArguments.withCStrings(command) { vector in
            execvp(vector[0]!, vector)
            return errno
        }
        Output.complain("sidestep: \(command[0]): \(String(cString: strerror(number)))")
        Glibc.exit(number == ENOENT ? 127 : 126)
    }
}
