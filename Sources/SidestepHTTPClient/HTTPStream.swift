import CCurl
import CCurlShims

/// What is particular to a request that is sent on for somebody else, whose answer is heard as it comes.
final class HTTPStream {
    let listener: HTTPListener
    private let body: SecretBytes
    private var sent = 0
    private var status = 0
    private var headers: [(name: String, value: String)] = []
    private var isTold = false

    init(_ listener: HTTPListener, _ body: SecretBytes) { (self.listener, self.body) = (listener, body) }

    /// Seconds without a byte after which a server is given up: the read time-out of the providers' clients.
    private static let silentSeconds = 600

    func set(_ handle: UnsafeMutableRawPointer) {
        shim_curl_set_long(handle, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        shim_curl_set_long(handle, CURLOPT_LOW_SPEED_LIMIT, 1)
        shim_curl_set_long(handle, CURLOPT_LOW_SPEED_TIME, Self.silentSeconds)
        shim_curl_set_long(handle, CURLOPT_TCP_KEEPALIVE, 1)
        shim_curl_set_long(handle, CURLOPT_PATH_AS_IS, 1)
        shim_curl_set_long(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        if !body.isEmpty { setBody(handle) }
    }

    /// By a function that cannot be set back: libcurl would send a request silently again over another
    /// connection where a kept one has died, and such a request may have been paid for
    /// (CURLE_SEND_FAIL_REWIND instead).
    private func setBody(_ handle: UnsafeMutableRawPointer) {
        shim_curl_set_long(handle, CURLOPT_POST, 1)
        shim_curl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
        shim_curl_set_context(handle, CURLOPT_READDATA, Unmanaged.passUnretained(self).toOpaque())
        shim_curl_set_receiver(handle, CURLOPT_READFUNCTION) { bytes, size, count, context in
            Unmanaged<HTTPStream>.fromOpaque(context!).takeUnretainedValue()
                .give(UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
        }
    }

    private func give(_ room: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(room.count, body.count - sent)
        body.withUnsafeBytes {
            room.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[sent..<(sent + count)]))
        }
        sent += count
        return count
    }

    /// Headers that libcurl would add, and that the sender has not.
    func silenced(_ names: [String]) -> [String] {
        let there = Set(names.map { $0.lowercased() })
        return ["Accept", "Content-Type", "User-Agent"].filter { !there.contains($0.lowercased()) }
    }

    /// A line of a head: the status first, an empty one last. An interim answer is followed by another; what
    /// comes behind the body is no header any more.
    func take(line bytes: UnsafeRawBufferPointer) {
        guard !isTold else { return }
        let line = bytes.prefix { $0 != 0x0d && $0 != 0x0a }
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            (status, headers) = (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0, [])
        } else if text.isEmpty {
            guard status >= 200 else { return }
            isTold = true
            listener.head(status, headers)
        } else if let colon = text.firstIndex(of: ":") {
            let value = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            let end =
                value.lastIndex { $0 != " " && $0 != "\t" }.map { value.index(after: $0) } ?? value.startIndex
            headers.append((String(text[..<colon]), String(value[..<end])))
        }
    }
}
