import CShims
import Glibc

/// What a process has from its parent, put into a defined state: execve(2) lists what stays.
///
/// Called before the first thread is made and before anything is opened.
public enum Inheritance {
    /// Lets signals do what they do by themselves, and lets all of them through.
    ///
    /// A parent that ignores SIGCHLD takes the exit status of every child from us (wait(2)), one that
    /// ignores SIGPIPE lets us write for ever, one that blocks SIGTERM makes us immortal.
    ///
    /// - Parameter kept: those that stay ignored if they are.
    public static func resetSignals(keeping kept: [Int32] = []) {
        for number: Int32 in 1...64 where !kept.contains(number) {
            var action = sigaction()
            guard sigaction(number, nil, &action) == 0, isIgnored(action) else { continue }
            signal(number, SIG_DFL)
        }
        var none = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, nil)
    }

    /// Those by which a caller says that we and what we start are to be left alone: nohup(1), a job in the
    /// background. No set: the first one of a type costs 400,000 instructions, a good part of a start of the tool.
    public static let jobControl: [Int32] = [SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU]

    private static func isIgnored(_ action: sigaction) -> Bool {
        unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// Opens standard input, output and error on nothing where they are closed: the next file or socket
    /// would be one of them, and get what is printed.
    public static func openStandardDescriptors() {
        for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
            // The lowest free number is the one that is missing. Without /dev a file that nobody reads will
            // do.
            if open("/dev/null", O_RDWR) < 0 { _ = fcntl(shim_memory_file(nil, 0), F_SETFD, 0) }
        }
    }

    /// Closes all descriptors from a number on: a pipe or a lock of the parent's would stay open as long as
    /// we run.
    public static func closeDescriptors(from first: Int32) { shim_close_from(first) }
}
