import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

enum StateHandlers {
    static var all: [String: Handler] {
        [
            "state.set": .write({
                SetState(proof: $0.proof, name: $0.required("name"), value: $0.payload("value"))
            }) { _, _ in },
            "state.get": .read({
                GetState(run: $0.required("run"), name: $0.required("name"))
            }) { writer, value in
                writer.payload("value", value)
                writer.member("found", value != nil)
            },
            "state.wait": .write({
                AwaitState(
                    run: $0.required("run"), name: $0.required("name"), known: $0.payload("unlike"),
                    waitMilliseconds: $0.params.count("wait_ms"))
            }) { writer, found in
                writer.payload("value", found.value)
                writer.member("found", found.value != nil)
                writer.member("closed", found.isClosed)
            },
            "state.list": .read({ ListState(run: $0.required("run")) }) { writer, values in
                writer.object("state") { writer in
                    for entry in values { writer.payload(entry.name, entry.value) }
                }
            },
        ]
    }
}

enum LeaseHandlers {
    static var all: [String: Handler] {
        [
            "lease.renew": .write({
                RenewLease(proof: $0.proof, ttlMilliseconds: $0.params.integer("ttl_ms"))
            }) { writer, run in
                writer.member("run", run.id)
                writer.member("epoch", run.epoch)
                writer.instant("expires_at", run.lease?.expires)
            },
            "lease.get": .read({ GetLease(run: $0.required("run")) }) { writer, run in
                writer.owner("owner", run.lease?.owner)
                writer.member("epoch", run.epoch)
                writer.instant("expires_at", run.lease?.expires)
                writer.member("kind", run.lease?.owner.kind.rawValue)
            },
        ]
    }
}
