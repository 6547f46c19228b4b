import CShims
import Glibc
import SidestepHost

/// A program that was started and that nobody has waited for, with what it prints.
struct StartedProgram: ~Copyable {
    /// Its number, and that of its process group.
    let pid: pid_t
    /// Where its standard output comes.
    let output: OwnedDescriptor
    /// Where its standard error comes.
    let error: OwnedDescriptor

    /// Starts a program as leader of a process group, with no signal blocked or ignored and three descriptors.
    ///
    /// Not by a package with tasks: the threads that carry out Swift's tasks are libdispatch's, which ends the whole
    /// process when it cannot open /proc (docs/decisions/0096).
    ///
    /// - Parameters:
    ///   - environment: the whole of it; its PATH says where a program is that is named without a slash.
    /// - Throws: what the system refused, by its number of errno(3).
    static func start(_ program: Program, environment: [String: String]) throws(StartProblem)
        -> StartedProgram
    {
        if let directory = program.directory { try check(directory) }
        let input = program.input.withUnsafeBytes { shim_memory_file($0.baseAddress, Int64($0.count)) }
        // A file, not a pipe: nobody has to write to a program that may not read.
        guard input >= 0 else { throw StartProblem(number: -input) }
        let file = OwnedDescriptor(input)
        let output = try Pipe()
        let error = try Pipe()
        let spawn = Spawn(
            streams: [file.number, output.writer.number, error.writer.number], directory: program.directory)
        let pid = try spawn.start(program.arguments, environment)
        return StartedProgram(pid: pid, output: output.reader, error: error.reader)
    }

    /// That it is missing is told apart from a program that is.
    private static func check(_ directory: String) throws(StartProblem) {
        let number = -shim_enterable(directory)
        if number != 0 { throw StartProblem(number: number, directory: directory) }
    }
}

/// A pipe of which no program inherits anything.
struct Pipe: ~Copyable {
    let reader, writer: OwnedDescriptor

    init() throws(StartProblem) {
        guard let (reader, writer) = Spawning.pipe() else { throw StartProblem(number: errno) }
        self.reader = OwnedDescriptor(reader)
        self.writer = OwnedDescriptor(writer)
    }
}

/// Why a program could not be started.
struct StartProblem: Error {
    /// A number of errno(3).
    let number: Int32
    /// The working directory, when that is what is wrong.
    var directory: String?

    /// Whether there is no such program.
    var isMissing: Bool { directory == nil && (number == ENOENT || number == ENOTDIR) }

    /// Whether the system had no room for it just then: another attempt may find some.
    var passes: Bool { [EMFILE, ENFILE, EAGAIN, ENOMEM].contains(number) }

    /// The C library's words.
    var text: String {
        let text = String(cString: strerror(number))
        return directory.map { "its directory \($0): \(text)" } ?? text
    }
}

/// A descriptor that is closed with its owner; negative for none.
struct OwnedDescriptor: ~Copyable {
    let number: Int32

    init(_ number: Int32) { self.number = number }

    deinit { if number >= 0 { close(number) } }
}

/// What a program is started with: posix_spawn(3).
private struct Spawn {
    /// Its standard input, output and error.
    let streams: [Int32]
    let directory: String?

    func start(_ arguments: [String], _ environment: [String: String]) throws(StartProblem) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (stream, descriptor) in streams.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(stream))
        }
        shim_spawn_close_from(&actions, 3)
        if let directory { shim_spawn_in(&actions, directory) }
        var all = sigset_t()
        sigfillset(&all)
        var attributes = Spawning.attributes(defaulting: all, ownGroup: true)
        defer { posix_spawnattr_destroy(&attributes) }
        let words = CStrings(arguments)
        let variables = CStrings(environment.map { "\($0)=\($1)" })
        var refused = ENOENT
        for place in Self.places(of: arguments[0], environment["PATH"]) {
            var pid: pid_t = 0
            let number = posix_spawn(
                &pid, place, &actions, &attributes, words.pointer, variables.pointer)
            switch number {
            case 0: return pid
            // execvp(3): looked for further, and one that may not be executed is told if there is no other.
            case ENOENT, ENOTDIR: continue
            case EACCES: refused = EACCES
            default: throw StartProblem(number: number)
            }
        }
        throw StartProblem(number: refused)
    }

    /// Where a program may be; an empty part of a path is the working directory.
    private static func places(of name: String, _ path: String?) -> [String] {
        if name.utf8.contains(UInt8(ascii: "/")) { return [name] }
        return (path ?? "/usr/local/bin:/usr/bin:/bin").split(
            separator: ":", omittingEmptySubsequences: false
        )
        .map { $0.isEmpty ? "./\(name)" : "\($0)/\(name)" }
    }
}

/// Words as C has them, NULL at the end, for as long as the value lives.
private final class CStrings {
    let pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ words: [String]) {
        count = words.count
        pointer = .allocate(capacity: count + 1)
        for (index, word) in words.enumerated() { pointer[index] = strdup(word) }
        pointer[count] = nil
    }

    deinit {
        for index in 0..<count { free(pointer[index]) }
        pointer.deallocate()
    }
}
