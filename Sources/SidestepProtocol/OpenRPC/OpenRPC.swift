import SidestepModel

/// The contract as an OpenRPC 1.3.2 document: what `rpc.discover` answers.
///
/// Everything comes from the method table, so the document cannot disagree with the dispatcher.
public enum OpenRPC {
    /// The document with all methods.
    public static let document = RawJSON.build(capacity: 1 << 17) { writer in
        writer.beginObject()
        writer.member("openrpc", "1.3.2")
        writer.object("info") { writer in
            writer.member("title", "Sidestep")
            writer.member(
                "description", "Durable execution for local processes: JSON-RPC 2.0 lines, Unix socket.")
            writer.member("version", "1")
        }
        writer.array("methods") { writer in
            for method in MethodTable.all { writer.method(method) }
        }
        writer.object("components") { writer in
            writer.object("schemas") { $0.sharedSchemas() }
            writer.object("errors") { writer in
                for kind in ErrorKind.allCases { writer.errorKind(kind) }
            }
        }
        writer.endObject()
    }
}

extension JSONWriter {
    fileprivate mutating func method(_ method: Method) {
        beginObject()
        member("name", method.name)
        member("summary", method.summary)
        array("tags") { writer in
            writer.beginObject()
            writer.member("name", method.family.rawValue)
            writer.endObject()
        }
        member("paramStructure", "by-name")
        array("params") { writer in
            for parameter in method.parameters { writer.contentDescriptor(parameter) }
        }
        object("result") { writer in
            writer.member("name", "result")
            writer.key("schema")
            writer.schema(.object(method.result), nullable: false, closed: false)
        }
        array("errors") { writer in
            for kind in method.errors { writer.reference("errors", kind.rawValue) }
        }
        array("examples") { $0.example(method) }
        member("x-access", method.access.rawValue)
        member("x-since", method.since)
        member("x-waits-for-commit", method.waitsForCommit)
        member("x-may-wait", method.mayWait)
        endObject()
    }

    /// What the methods share; the parameters among them are strict, the results may grow.
    fileprivate mutating func sharedSchemas() {
        for (name, type, isParameter) in SharedTypes.all {
            key(name)
            schema(type, nullable: false, closed: isParameter)
        }
    }

    private mutating func contentDescriptor(_ parameter: Parameter) {
        beginObject()
        member("name", parameter.name)
        member("summary", parameter.summary.isEmpty ? nil : parameter.summary)
        member("required", parameter.required)
        key("schema")
        schema(parameter.type, nullable: !parameter.required, closed: true, note: parameter.standard?.text)
        endObject()
    }

    fileprivate mutating func errorKind(_ kind: ErrorKind) {
        key(kind.rawValue)
        beginObject()
        member("code", kind == .invalidArgument ? -32602 : RPCError.sidestepCode)
        member("message", kind.rawValue)
        object("data") { $0.member("kind", kind.rawValue) }
        endObject()
    }

    private mutating func example(_ method: Method) {
        beginObject()
        member("name", method.name)
        array("params") { writer in
            let params = RawJSON(validated: ArraySlice(method.example.params.utf8))
            for (name, value) in params.members {
                writer.beginObject()
                writer.member("name", name)
                writer.member("value", value)
                writer.endObject()
            }
        }
        object("result") { writer in
            writer.member("name", "result")
            writer.member("value", RawJSON(validated: ArraySlice(method.example.result.utf8)))
        }
        endObject()
    }
}
