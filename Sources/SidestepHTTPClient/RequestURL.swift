import CCurl
import CCurlShims

/// A URL as libcurl understands it, who will connect by it: two readers of one URL are how guards are tricked.
package struct RequestURL: Equatable, Sendable {
    package let text: String
    /// In lower case.
    package let scheme: String
    package let host: String
    package let port: String
    package let path: String

    /// nil for what is no URL with a host.
    package init?(_ text: String) {
        guard let scheme = Self.part(text, CURLUPART_SCHEME), let host = Self.part(text, CURLUPART_HOST),
            let port = Self.part(text, CURLUPART_PORT), let path = Self.part(text, CURLUPART_PATH)
        else { return nil }
        self.text = text
        self.scheme = scheme.lowercased()
        self.host = host.lowercased()
        (self.port, self.path) = (port, path)
    }

    /// Whether both are of one origin: RFC 6454 §4.
    package func hasOrigin(of other: RequestURL) -> Bool {
        scheme == other.scheme && host == other.host && port == other.port
    }

    /// The URL that a reference means here: RFC 3986 §5. nil when it is none.
    package func resolving(_ reference: String) -> RequestURL? {
        guard let bytes = shim_curl_resolve(text, reference) else { return nil }
        defer { shim_curl_free(bytes) }
        return RequestURL(String(cString: bytes))
    }

    private static func part(_ url: String, _ part: CURLUPart) -> String? {
        guard let bytes = shim_curl_url_part(url, part) else { return nil }
        defer { shim_curl_free(bytes) }
        return String(cString: bytes)
    }
}
