import Glibc

/// The daemon works in `/`: it is to keep no directory busy, and no path is to mean what it means where the
/// daemon happens to have been started.
enum WorkingDirectory {
    /// The path as it is meant where we are now.
    static func resolved(_ path: String) -> String {
        guard !path.hasPrefix("/"), !path.isEmpty, let here = getcwd(nil, 0) else { return path }
        defer { free(here) }
        return String(cString: here) + "/" + path
    }

    /// The same of the variables that name a file of ours.
    static func resolved(_ environment: [String: String]) -> [String: String] {
        var environment = environment
        for name in ["SIDESTEP_SOCKET", "SIDESTEP_DATABASE", "SIDESTEP_CONFIG"] {
            environment[name] = environment[name].map(resolved)
        }
        return environment
    }

    /// Goes to `/`.
    ///
    /// - Throws: `StartError` for a path of the configuration file that means nothing there.
    static func leave(_ configuration: Configuration) throws(StartError) {
        let paths = [
            ("socket", configuration.socket), ("database", configuration.database),
            ("credentials_directory", configuration.credentialsDirectory),
        ]
        for (name, path) in paths where !path.hasPrefix("/") && !path.isEmpty {
            throw .usage("\(name) is a path that begins with a slash, not `\(path)`: the daemon works in /.")
        }
        chdir("/")
    }
}

extension Flags {
    /// The same with paths that mean what they mean where we are now.
    var resolved: Flags {
        var flags = self
        for path: WritableKeyPath<Flags, String?> in [
            \.socket, \.database, \.stateDirectory, \.configuration,
        ] {
            flags[keyPath: path] = flags[keyPath: path].map { WorkingDirectory.resolved($0) }
        }
        return flags
    }
}
