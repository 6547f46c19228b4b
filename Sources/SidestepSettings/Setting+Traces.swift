extension Setting {
    static let otlpEndpoint = Setting(
        "otlp_endpoint", "the address of a collector, as in `http://127.0.0.1:4318`; or nothing",
        "where traces of runs go: OTLP over HTTP, to `/v1/traces` below it",
        read: { $0.otlpEndpoint },
        write: { configuration, text, _ throws(Mistake) in
            let isAddress = ["http://", "https://"].contains { text.hasPrefix($0) && text.count > $0.count }
            guard text.isEmpty || isAddress && text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
                throw Mistake(
                    "is an address that begins with http:// or https://, as in http://127.0.0.1:4318")
            }
            configuration.otlpEndpoint = text
        })

    static let otlpCredential = Setting(
        "otlp_credential", "the name of a credential, or nothing",
        "the headers that the collector of traces wants, one a line as `Name: value`",
        read: { $0.otlpCredential },
        write: { configuration, text, _ throws(Mistake) in
            guard !text.hasPrefix("."), !text.contains("/"), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
            else { throw Mistake("is the name of a credential: a file's name, without its directory") }
            configuration.otlpCredential = text
        })
}
