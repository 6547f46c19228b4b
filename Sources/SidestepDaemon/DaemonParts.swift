import Glibc
import SidestepEngine
import SidestepExecutors
import SidestepHTTPClient
import SidestepModel
import SidestepServer
import SidestepSettings

/// What an operator set, as the parts of the daemon want it.
extension Configuration {
    var engineSettings: EngineSettings {
        var settings = EngineSettings()
        settings.reconnectGraceMilliseconds = reconnectGraceMilliseconds
        settings.restartGraceMilliseconds = restartGraceMilliseconds
        settings.retentionMilliseconds = retentionDays == 0 ? nil : retentionDays * 86_400_000
        settings.limits = limits
        settings.daemonUser = geteuid()
        settings.isTracing = !otlpEndpoint.isEmpty
        switch execUsers {
        case .everybody: settings.allowsEveryExec = true
        case .named(let users): settings.execUsers = Set(users.map(\.number))
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

    var administrators: Administrators { Administrators(uid: geteuid(), gid: adminGroup?.number) }
}

extension EffectiveSettings {
    /// As `system.info` shows them.
    var shown: [ShownSetting] {
        SettingsTable.all.map { setting in
            ShownSetting(name: setting.name, value: setting.text(values), origin: "\(origin(setting))")
        }
    }
}
