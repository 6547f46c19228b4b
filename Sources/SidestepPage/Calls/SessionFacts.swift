import Glibc
import Sidestep
import SidestepProtocol

/// What the page is told about where it is.
struct SessionFacts {
    let options: PageOptions
    /// What the daemon says of itself; nil while it does not answer.
    let info: RawJSON?
    let socket: String?

    var json: RawJSON {
        .object { writer in
            writer.member("read_only", options.isReadOnly)
            writer.member("user", Int(geteuid()))
            // The settings are for them alone.
            writer.member("administrator", info?.present("settings") != nil)
            writer.member("host", Self.host)
            writer.member("version", info?["version"]?.string ?? options.version)
            writer.member("socket", info?["socket"]?.string ?? socket ?? "")
            writer.member("daemon", info != nil)
        }
    }

    private static var host: String {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, 255)
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
