import SidestepModel

/// All settings of the daemon, in the order of the reference page.
public enum SettingsTable {
    /// Every setting, in the order of the page.
    public static let all: [Setting] =
        places + behaviour + programs + requests + NamedLimit.all.map(Setting.limit)

    /// The setting with this name, or nil.
    public static func named(_ name: String) -> Setting? { byName[name] }

    /// What `log_level` may be, the most talkative first.
    public static let logLevels = ["debug", "info", "notice", "warning", "error"]

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    private static let places: [Setting] = [
        .path(
            "socket", \.socket, "the socket that clients connect to", reloads: false,
            variable: "SIDESTEP_SOCKET"),
        .path(
            "database", \.database, "the database file", reloads: false, variable: "SIDESTEP_DATABASE"),
        .path(
            "credentials_directory", \.credentialsDirectory,
            "secrets of webhooks and of `exec` and `http` steps, one a file, mode 0600; those that systemd hands "
                + "over come first"),
    ]

    private static let behaviour: [Setting] = [
        .word(
            "log_level", \.logLevel, of: logLevels, "what is said in the log: this and what is graver",
            variable: "SIDESTEP_LOG_LEVEL"),
        .adminGroup,
        .number(
            "reconnect_grace_ms", \.reconnectGraceMilliseconds, 1...86_400_000,
            "how long a living owner whose connection closed may stay away"),
        .number(
            "restart_grace_ms", \.restartGraceMilliseconds, 1...86_400_000,
            "how long living owners may stay away after a start of the daemon"),
        .number(
            "retention_days", \.retentionDays, 1...36_500,
            "how long closed runs are kept that no rule of `sidestep prune --keep` is about",
            zero: "for ever"),
        .number(
            "idle_exit_ms", \.idleExitMilliseconds, 1000...86_400_000,
            "how long nothing may be to do before a daemon whose socket systemd holds leaves", zero: "never"),
    ]

    private static let programs: [Setting] = [.execUsers]

    private static let requests: [Setting] = [
        .httpHosts,
        .yesOrNo(
            "http_allow_private", \.httpAllowsPrivate,
            "whether requests of steps and webhooks may go to loopback, private and link-local addresses"),
        .httpProxy, .otlpEndpoint, .otlpCredential,
    ]
}
