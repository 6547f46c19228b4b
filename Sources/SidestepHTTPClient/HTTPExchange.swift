import CCurl
import CCurlShims

/// One request on its way: libcurl's handle, and what has come back so far. Touched by the driver's thread
/// only.
final class HTTPExchange {
    let handle: UnsafeMutableRawPointer
    private let request: HTTPRequest
    private let done: HTTPDriver.Done
    private var list: UnsafeMutablePointer<curl_slist>?
    private let body = SecretBytes()
    private var head = SecretBytes()
    private var isTooLarge = false
    private var received = 0
    /// Of a request whose response is heard while it comes.
    private var stream: HTTPStream?
    /// The address that the guard refused, if it refused one.
    private var refused: String?

    /// nil when libcurl has no memory.
    init?(_ request: HTTPRequest, _ done: @escaping HTTPDriver.Done) {
        guard let handle = shim_curl_easy_init() else { return nil }
        self.handle = handle
        self.request = request
        self.done = done
        stream = request.listener.map { HTTPStream($0, request.body) }
        setTransport()
        setRoute()
        setMessage()
        if let stream { stream.set(handle) }
    }

    deinit {
        _ = shim_curl_set_guard(handle, nil, nil)
        shim_curl_slist_free_all(list)
        shim_curl_easy_cleanup(handle)
    }

    private func setTransport() {
        // Signals are not for threads: libcurl would use SIGALRM for slow name servers.
        shim_curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        shim_curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        shim_curl_set_long(handle, CURLOPT_FOLLOWLOCATION, 0)
        shim_curl_set_long(handle, CURLOPT_SSL_VERIFYPEER, 1)
        shim_curl_set_long(handle, CURLOPT_SSL_VERIFYHOST, 2)
        shim_curl_set_long(handle, CURLOPT_TIMEOUT_MS, Int(request.timeoutMilliseconds))
        shim_curl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, Int(request.connectTimeoutMilliseconds))
        let context = Unmanaged.passUnretained(self).toOpaque()
        shim_curl_set_context(handle, CURLOPT_WRITEDATA, context)
        shim_curl_set_receiver(handle, CURLOPT_WRITEFUNCTION) { bytes, _, count, context in
            HTTPExchange.from(context).takeBody(UnsafeRawBufferPointer(start: bytes, count: count))
                ? count : 0
        }
        shim_curl_set_context(handle, CURLOPT_HEADERDATA, context)
        shim_curl_set_receiver(handle, CURLOPT_HEADERFUNCTION) { bytes, _, count, context in
            HTTPExchange.from(context).takeHeader(UnsafeRawBufferPointer(start: bytes, count: count))
            return count
        }
    }

    /// The way to the server: by a proxy that the operator named, or to an address that may be used.
    private func setRoute() {
        // Left alone, libcurl looks into the environment. An empty text keeps it from that:
        // `no_proxy` there would lead past the proxy.
        if !request.route.usesEnvironment {
            shim_curl_set_text(handle, CURLOPT_PROXY, request.route.proxy)
            shim_curl_set_text(handle, CURLOPT_NOPROXY, "")
        }
        guard request.route.isGuarded else { return }
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = shim_curl_set_guard(
            handle,
            { address, length, context in
                let bytes = UnsafeRawBufferPointer(start: address, count: Int(length))
                guard !NetworkAddress.isOpen(bytes) else { return 1 }
                HTTPExchange.from(context).refused = NetworkAddress.text(bytes)
                return 0
            }, context)
    }

    private func setMessage() {
        shim_curl_set_text(handle, CURLOPT_URL, request.url.text)
        if request.method == "HEAD" {
            shim_curl_set_long(handle, CURLOPT_NOBODY, 1)
        } else {
            if stream == nil, !request.body.isEmpty || request.method == "POST" {
                shim_curl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count))
                // Not copied: the request is kept as long as the handle.
                request.body.withUnsafeBytes {
                    _ = shim_curl_set_bytes(handle, CURLOPT_POSTFIELDS, $0.baseAddress)
                }
            }
            shim_curl_set_text(handle, CURLOPT_CUSTOMREQUEST, request.method)
        }
        for header in request.headers {
            let line = SecretBytes("\(header.name): ".utf8)
            line.append(header.value)
            line.append(CollectionOfOne(0))
            line.withUnsafeBytes {
                list = shim_curl_slist_append(list, $0.bindMemory(to: CChar.self).baseAddress)
            }
        }
        // Without a value libcurl leaves a header out: nobody waits for "100 Continue".
        list = shim_curl_slist_append(list, "Expect:")
        for name in stream?.silenced(request.headers.map(\.name)) ?? [] {
            list = shim_curl_slist_append(list, name + ":")
        }
        shim_curl_set_list(handle, CURLOPT_HTTPHEADER, list)
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> HTTPExchange {
        Unmanaged<HTTPExchange>.fromOpaque(context!).takeUnretainedValue()
    }

    private func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if let stream {
            stream.listener.body(bytes)
            return true
        }
        received += bytes.count
        guard received <= request.maximumResponseBytes else {
            isTooLarge = true
            return false
        }
        if request.wantsBody { body.append(bytes) }
        return true
    }

    /// A status line begins a response; an interim one is followed by another.
    private func takeHeader(_ bytes: UnsafeRawBufferPointer) {
        if let stream { return stream.take(line: bytes) }
        if bytes.starts(with: "HTTP/".utf8) { head = SecretBytes() }
        head.append(bytes)
    }

    /// How it ended; called once.
    func ended(_ code: CURLcode) -> HTTPDriver.Tell {
        let isEnough = isTooLarge && !request.wantsBody
        guard code == CURLE_OK || isEnough else { return done(.failure(failure(code))) }
        let seconds = shim_curl_retry_after(handle)
        return done(
            .success(
                HTTPResponse(
                    status: shim_curl_status(handle), head: head, body: body,
                    retryAfterSeconds: seconds > 0 ? Int64(seconds) : nil)))
    }

    /// It was ended before its time; called instead.
    func abandoned(_ failure: HTTPFailure) -> HTTPDriver.Tell { done(.failure(failure)) }

    /// What an end of libcurl means.
    func failure(_ code: CURLcode) -> HTTPFailure {
        if let refused { return .refused(address: refused) }
        if isTooLarge { return .tooLarge(limit: request.maximumResponseBytes) }
        let isUnsent = shim_curl_request_size(handle) == 0
        // Without a time-out of its own a request can wait too long for its connection alone.
        let isOfConnection = isUnsent && request.timeoutMilliseconds == 0
        if code == CURLE_OPERATION_TIMEDOUT && !isOfConnection { return .timeout }
        let reason = String(cString: shim_curl_easy_strerror(code))
        return isUnsent ? .unreached(reason) : .transport(reason)
    }
}
