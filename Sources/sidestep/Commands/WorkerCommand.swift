import ArgumentParser
import Glibc

/// Becomes the Python client's worker: a workflow is code of some language, and this one has a command for it.
struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Execute the runs of the workflows that Python modules define.",
        discussion: """
              sidestep worker jobs.py --queue mail --concurrency 4

            Runs `python3 -m sidestep worker …`; SIDESTEP_PYTHON names another interpreter. `--help` behind a \
            module tells the options. It serves until SIGTERM.
            """)

    @Argument(parsing: .captureForPassthrough, help: "Modules (dotted names or .py files) and options.")
    var arguments: [String] = []

    func run() throws {
        let python = getenv("SIDESTEP_PYTHON").map { String(cString: $0) } ?? "python3"
        let words = [python, "-m", "sidestep", "worker"] + arguments
        var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        pointers.append(nil)
        execvp(python, pointers)
        throw ValidationError("\(python) cannot be started: \(String(cString: strerror(errno)))")
    }
}
