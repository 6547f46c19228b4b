import Glibc
import SidestepEngine
import SidestepExecutors
import SidestepHTTPClient
import SidestepModel
import SidestepServer
import SidestepSettings
import SidestepStore

/// What an operator set, as the parts of the daemon want it.
extension Configuration {
    var engineSettings: EngineSettings {
        var settings = EngineSettings()
        settings.reconnectGraceMilliseconds = reconnectGraceMilliseconds
        settings.restartGraceMilliseconds = restartGraceMilliseconds
        settings.retentionMilliseconds = retentionDays == 0 ? nil : retentionDays * 86_400_000
        settings.limits = limits
        settings.daemonUser = UserID(geteuid())
        settings.isTracing = !otlpEndpoint.isEmpty
        switch execUsers {
        case .everybody: settings.allowsEveryExec = true
        case .named(let users): settings.execUsers = Set(users.map { UserID($0.number) })
        }
        return settings
    }

    var requestPolicy: RequestPolicy {
        var policy = RequestPolicy()
        policy.allowsPrivate = httpAllowsPrivate
        policy.hosts = httpHosts.map { $0.lowercased() }
        policy.proxy = httpProxy
        return policy
    }

    var spanTarget: SpanTarget { SpanTarget(endpoint: otlpEndpoint, credential: otlpCredential) }

    /// Those of systemd first; it renews them only when it starts the service.
    var credentials: Credentials {
        let systemd = getenv("CREDENTIALS_DIRECTORY").map { String(cString: $0) }
        return Credentials(systemd: systemd, own: credentialsDirectory.isEmpty ? nil : credentialsDirectory)
    }

    var administrators: Administrators { Administrators(uid: UserID(geteuid()), gid: adminGroup?.number) }
}

extension EffectiveSettings {
    /// As `system.info` shows them.
    var shown: [ShownSetting] {
        SettingsTable.all.map { setting in
            ShownSetting(name: setting.name, value: setting.text(values), origin: "\(origin(setting))")
        }
    }
}

extension Daemon {
    /// Gives the coordinator what takes letters and spans out of the daemon.
    static func connect(
        _ coordinator: Coordinator, _ http: HTTPDriver, _ credentials: Current<Credentials>,
        _ policy: Current<RequestPolicy>, _ spanTarget: Current<SpanTarget>, _ clock: any SidestepModel.Clock
    ) {
        coordinator.courier = Courier(
            coordinator: coordinator,
            carrier: WebhookCarrier(
                driver: http, credentials: credentials, policy: policy, clock: clock, version: version))
        coordinator.spans = SpanCourier(
            coordinator: coordinator,
            carrier: SpanCarrier(
                driver: http, credentials: credentials, target: spanTarget, version: version),
            version: version, host: SystemSources.hostName)
    }

    static func executors(
        _ socket: String, _ http: HTTPDriver, _ credentials: Current<Credentials>,
        _ policy: Current<RequestPolicy>,
        _ identify: @escaping @Sendable (Int32) -> ProcessIdentity?
    ) throws -> StepExecutors {
        StepExecutors(
            programs: try ProgramExecutor(
                socket: socket, environment: DaemonMain.processEnvironment(), credentials: credentials,
                identify: identify),
            requests: RequestExecutor(
                driver: http, credentials: credentials, policy: policy, version: version))
    }

    static func information(
        _ socket: String, _ environment: Environment, _ database: any StoreDatabase
    ) -> DaemonInformation {
        DaemonInformation(
            version: version, pid: getpid(), started: environment.clock.now(), socket: socket,
            database: database.place, storeVersion: database.version,
            databaseBytes: { database.bytes }, storage: { environment.storage.value })
    }
}
