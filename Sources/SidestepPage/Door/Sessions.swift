/// Browsers that have shown a code, known by their cookie for as long as this process lives.
struct Sessions {
    /// A cookie does not keep the ports of a host apart: the name does.
    let cookie: String
    private var open: [Secret] = []

    /// Browsers that are known at the same time; the oldest has to show a code again.
    static let most = 32

    init(port: Int) { cookie = "sidestep-\(port)" }

    /// Begins one: the value of `Set-Cookie`.
    mutating func begin(_ secret: Secret = Secret()) -> String {
        if open.count >= Self.most { open.removeFirst() }
        open.append(secret)
        return "\(cookie)=\(secret.text); HttpOnly; SameSite=Strict; Path=/"
    }

    /// Whether one of the cookies of a request is that of a session: RFC 6265 §5.4. Another server on another port of
    /// this host can have set one of the same name.
    func holds(_ headers: [String]) -> Bool {
        let pairs = headers.joined(separator: ";").split(separator: ";").map { $0.drop { $0 == " " } }
        let shown = pairs.filter { $0.hasPrefix(cookie + "=") }.map { $0.dropFirst(cookie.count + 1) }
        // Each is looked at, so that the time tells nothing of which one it was.
        let good = shown.prefix(8).flatMap { value in open.filter { $0.isShown(by: value) } }
        return !good.isEmpty
    }
}
