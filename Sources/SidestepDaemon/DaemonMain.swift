import CShims
import CSystemd
import Glibc
import Logging
import SidestepModel
import SidestepSQLite
import Synchronization

/// What the command line starts: from flags to an exit status.
public enum DaemonMain {
    /// Puts the program into a defined state, before all else.
    public static func settle() { StartState.settle() }

    /// Serves until a signal; answers the exit status.
    public static func run(_ flags: Flags) -> Int32 {
        if flags.isAutostarted { StartState.forgetCaller() }
        let environment = processEnvironment()
        StartState.settleForServing(environment)
        let isJournal = DaemonLog.stderrIsJournal(environment)
        let log = Logger(label: "sidestepd") { _ in DaemonLog(isJournal: isJournal) }
        let signals = StopSignals()
        keepMemoryPrivate(environment)
        do {
            try ResourceLimits.check()
            let (flags, environment) = (flags.resolved, WorkingDirectory.resolved(environment))
            let configuration = try Configuration.load(flags, environment: environment)
            try WorkingDirectory.leave(configuration)
            setLevel(configuration)
            for remark in StartState.remarks { log.notice("\(remark)") }
            let daemon = try Daemon(configuration, log: log)
            try daemon.run(signals) { reload(flags, environment, configuration, log) }
            return 0
        } catch let error as StartError {
            return refuse(log, error.description, error.exitStatus)
        } catch let error as DatabaseOpenError {
            return refuse(log, error.description, error.exitStatus)
        } catch let error as Failure {
            return refuse(log, error.message + ".", error.kind == .overloaded ? 71 : 74)
        } catch {
            return refuse(log, "\(error)", 70)
        }
    }

    /// Sees to it that a crash shows nobody our memory: requests under way hold secrets.
    private static func keepMemoryPrivate(_ environment: [String: String]) {
        // Not by RLIMIT_CORE: programs of steps would inherit it, and core(5) heeds it not for cores that a program
        // takes.
        _ = shim_forbid_core()
        // Swift's backtraces show what registers point to; who asks for them gets them.
        guard environment["SWIFT_BACKTRACE"] == nil else { return }
        for number in [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] { signal(number, SIG_DFL) }
    }

    /// Checks a database file.
    public static func check(_ path: String) -> Int32 {
        do {
            let problems = try DatabaseCheck.problems(path)
            print(problems.isEmpty ? "\(path): ok" : problems.joined(separator: "\n"))
            return problems.isEmpty ? 0 : 78
        } catch {
            return refuse(
                Logger(label: "sidestepd") { _ in DaemonLog(isJournal: false) }, error.description,
                error.exitStatus)
        }
    }

    /// Puts a backup in the place of a database.
    public static func restore(_ backup: String, to path: String, replaces: Bool) -> Int32 {
        do {
            let aside = try DatabaseRestore.restore(backup, to: path, replaces: replaces)
            for (what, name) in [(path, aside.database), (path + "-wal", aside.log)] {
                if let name { print("\(what) was set aside as \(name)") }
            }
            print("\(path): restored from \(backup)")
            return 0
        } catch {
            return refuse(
                Logger(label: "sidestepd") { _ in DaemonLog(isJournal: false) }, error.description,
                error.exitStatus)
        }
    }

    private static func refuse(_ log: Logger, _ sentence: String, _ status: Int32) -> Int32 {
        log.error("\(sentence)")
        return status
    }

    private static func reload(
        _ flags: Flags, _ environment: [String: String], _ current: Configuration, _ log: Logger
    ) {
        do {
            var next = try Configuration.load(flags, environment: environment)
            setLevel(next)
            next.logLevel = current.logLevel
            log.notice(
                next == current
                    ? "configuration read again"
                    : "configuration read again; all but log_level takes effect at the next start")
        } catch {
            log.error("the configuration stays as it was: \(error.description)")
        }
    }

    private static func setLevel(_ configuration: Configuration) {
        DaemonLog.level.withLock { $0 = Logger.Level(rawValue: configuration.logLevel) ?? .info }
    }

    static func processEnvironment() -> [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2, !pair[1].isEmpty { variables[String(pair[0])] = String(pair[1]) }
            entry += 1
        }
        return variables
    }
}
