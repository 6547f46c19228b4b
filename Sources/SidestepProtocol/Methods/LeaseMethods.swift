import SidestepModel

extension MethodTable {
    /// The methods about the right to act for a run.
    static let leaseMethods: [Method] = [
        Method(
            "lease.renew", .lease, .lease, "Keeps a lease, and moves it to this connection after a lost one.",
            parameters: [.may("ttl_ms", .span, "how long a lease of kind ttl lives from now")],
            result: [
                aRun,
                .must("epoch", .count, "the number of the lease"),
                .may("expires_at", .instant, "when a lease of kind ttl ends"),
            ],
            errors: [.notPermitted],
            example: Example(#"{"lease":"l3.9f2c"}"#, #"{"run":"research-1","epoch":3,"expires_at":null}"#),
            waitsForCommit: true, space: .records),
        Method(
            "lease.get", .lease, .visible, "Tells who executes a run.", parameters: [aRun],
            result: [
                .may("owner", .owner, "who executes it"),
                .must("epoch", .count, "the number of the last lease"),
                .may("expires_at", .instant, "when a lease of kind ttl ends"),
                .may("kind", .ownerKind, "what keeps the lease alive"),
            ],
            errors: [.runNotFound],
            example: Example(
                #"{"run":"research-1"}"#,
                #"{"owner":{"kind":"connection","pid":4711,"uid":1000,"since_at":1767225600000},"epoch":3,"#
                    + #""expires_at":null,"kind":"connection"}"#)),
    ]
}
