import SidestepHTTPClient
import Glibc

/// Secrets by name: files of systemd (`$CREDENTIALS_DIRECTORY`) or of a private directory.
///
/// They are read when they are needed and kept nowhere.
public struct Credentials: Sendable {
    private let directories: [(path: String, mustBePrivate: Bool)]

    /// The largest secret, bytes.
    static let maximumBytes = 64 << 10

    /// - Parameters:
    ///   - systemd: what systemd made for this unit, systemd.exec(5), or nil.
    ///   - own: a directory whose files nobody but the daemon's user may read, or nil.
    public init(systemd: String?, own: String?) {
        directories = (systemd.map { [($0, false)] } ?? []) + (own.map { [($0, true)] } ?? [])
    }

    /// The secret of this name, or why there is none, as one sentence.
    func secret(_ name: String) -> Result<SecretBytes, CredentialProblem> {
        var problem = CredentialProblem(message: "there is no credential '\(name)'")
        for (directory, mustBePrivate) in directories {
            let file = open(directory + "/" + name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
            guard file >= 0 else { continue }
            defer { close(file) }
            var status = stat()
            guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            if mustBePrivate, status.st_mode & 0o077 != 0 {
                problem = CredentialProblem(
                    message: "others may read the credential '\(name)'; its mode must be 0600")
                continue
            }
            let secret = SecretBytes(capacity: Self.maximumBytes)
            while secret.count < Self.maximumBytes, secret.fill(from: file) {}
            // Editors end a file with a newline that nobody means.
            secret.truncate(to: secret.lastIndex { $0 != 10 && $0 != 13 }.map { $0 + 1 } ?? 0)
            if !secret.isEmpty { return .success(secret) }
            problem = CredentialProblem(message: "the credential '\(name)' is empty")
        }
        return .failure(problem)
    }
}

/// Why a secret cannot be had; never the secret.
struct CredentialProblem: Error {
    let message: String
}
