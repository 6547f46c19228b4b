import CShims
import CSystemd
import Glibc
import Logging
import SidestepModel
import SidestepSettings
import SidestepSQLite
import SidestepStore
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
        let writer = LogWriter(isJournal: DaemonLog.stderrIsJournal(environment))
        defer { writer.flush() }
        let log = Logger(label: "sidestepd") { _ in DaemonLog(writer) }
        let signals = StopSignals()
        keepMemoryPrivate(environment)
        do {
            try ResourceLimits.check()
            let loader = ConfigurationLoader(flags: flags, environment: environment)
            let loaded = try loader.load()
            WorkingDirectory.leave()
            DaemonLog.set(level: loaded.settings.values.logLevel)
            for remark in StartState.remarks { log.notice("\(remark)") }
            let daemon = try Daemon(
                loaded.settings, isPrivate: flags.isAutostarted,
                clock: clock(flags), log: log, open: openStore)
            try daemon.run(signals) { reload(loader, log) }
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

    private static func clock(_ flags: Flags) -> any SidestepModel.Clock {
        guard let added = flags.testTime else { return WallClock() }
        return TestTime(added: added)
    }

    /// The store that a configuration names. There is one kind: a file of SQLite.
    private static func openStore(
        _ path: String, _ holder: [String], _ clock: any SidestepModel.Clock, _ listener: StoreListener
    ) throws -> any StoreDatabase {
        try SQLiteDatabase(
            path: path, holder: holder, clock: clock, nanoseconds: Stopwatch.nanoseconds, listener: listener)
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

    /// Prints the settings that would hold, as a configuration file with comments that say what set them.
    public static func checkConfiguration(_ flags: Flags) -> Int32 {
        do {
            let loaded = try ConfigurationLoader(flags: flags, environment: processEnvironment()).load()
            print("# \(loaded.file.map { "read: \($0)" } ?? "no configuration file")")
            for setting in SettingsTable.all {
                let value = setting.text(loaded.settings.values)
                print(
                    "\(setting.name) = \(value)\(value.isEmpty ? "" : "  ")# \(loaded.settings.origin(setting))"
                )
            }
            return 0
        } catch {
            return refuse(error.description, error.exitStatus)
        }
    }

    /// Checks a database file.
    public static func check(_ path: String) -> Int32 {
        do {
            let problems = try DatabaseCheck.problems(path)
            print(problems.isEmpty ? "\(path): ok" : problems.joined(separator: "\n"))
            return problems.isEmpty ? 0 : 78
        } catch {
            return refuse(error.description, error.exitStatus)
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
            return refuse(error.description, error.exitStatus)
        }
    }

    private static func refuse(_ log: Logger, _ sentence: String, _ status: Int32) -> Int32 {
        log.error("\(sentence)")
        return status
    }

    /// The same for a command that has no log.
    private static func refuse(_ sentence: String, _ status: Int32) -> Int32 {
        LogLine.putOnStderr(LogLine(level: .error, message: sentence, fields: []))
        return status
    }

    private static func reload(_ loader: ConfigurationLoader, _ log: Logger) -> EffectiveSettings? {
        do {
            return try loader.load().settings
        } catch {
            log.error("the configuration stays as it was: \(error.description)")
            return nil
        }
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
