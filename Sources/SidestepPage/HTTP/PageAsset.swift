import NIOCore
import SidestepHash
import SidestepProtocol

/// A file of the page, as it is served.
struct PageAsset: Sendable {
    let type: String
    let tag: String
    let bytes: [UInt8]

    init(_ name: String, _ source: [UInt8]) {
        let ending = name.split(separator: ".").last.map(String.init) ?? ""
        let bytes = ["js", "css"].contains(ending) ? PageSource.withoutComments(source) : source
        type = Self.types[ending] ?? "application/octet-stream"
        tag = "\"" + Base64.encode(ContentHash.of(bytes)) + "\""
        self.bytes = bytes
    }

    private static let types = [
        "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "css": "text/css; charset=utf-8", "svg": "image/svg+xml", "json": "application/json; charset=utf-8",
        "txt": "text/plain; charset=utf-8", "png": "image/png", "ico": "image/x-icon", "woff2": "font/woff2",
    ]

    /// All of them, by name.
    static let all: [String: PageAsset] = Dictionary(
        uniqueKeysWithValues: PageFiles.all.map { ($0.name, PageAsset($0.name, $0.bytes)) })

    /// - Parameter known: the tags that the browser has a copy of.
    func reply(known: [String]) -> Reply {
        let headers = [("content-type", type), ("etag", tag), ("cache-control", "no-cache")]
        let tags = known.joined(separator: ",").split(separator: ",").map { $0.drop { $0 == " " } }
        if tags.contains(where: { $0 == tag || $0 == "W/" + tag }) { return Reply(304, headers) }
        return Reply(200, headers, body: ByteBuffer(bytes: bytes))
    }
}
