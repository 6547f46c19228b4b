/// How much one step of the daemon may take: what a client may ask for, and what holds when it does not ask.
public enum ExecutionLimits {
    /// Bytes that a program may be given on its standard input.
    public static let stdinBytes = 8 << 20
    /// Bytes kept of each of a program's outputs: the most, and by default. The last ones are kept.
    public static let outputBytes = 8 << 20
    /// What is kept where the client says nothing: `max_output_bytes`.
    public static let defaultOutputBytes = 1 << 20
    /// Bytes of one argument or variable: MAX_ARG_STRLEN of execve(2), less the NUL.
    public static let argumentBytes = (128 << 10) - 1
    /// Bytes of a request's body, inline or from a file.
    public static let bodyBytes = 8 << 20
    /// Bytes of a response's body: the most, and by default.
    public static let responseBytes = 8 << 20
    /// What is taken where the client says nothing: `max_response_bytes`. A longer body fails the step.
    public static let defaultResponseBytes = 1 << 20
    /// Redirects of one request that may be followed: the most; none by default.
    public static let redirects: Int64 = 10
    /// Bytes of a URL, and of one header's value.
    public static let urlBytes = 8192
    /// Bytes of one header's value as the client writes it, before a credential is put in.
    public static let headerBytes = 8192
    /// Milliseconds between SIGTERM and SIGKILL: the most, and by default.
    public static let killGraceMilliseconds: Int64 = 600_000
    /// What holds where the client says nothing: `kill_grace_ms`.
    public static let defaultKillGraceMilliseconds: Int64 = 5000
    /// Milliseconds that a request takes: the most, as it has one of few places meanwhile, and by default.
    public static let requestMilliseconds: Int64 = 3_600_000
    /// What holds where the client says nothing: `timeout_ms` of a request.
    public static let defaultRequestMilliseconds: Int64 = 30_000
}
