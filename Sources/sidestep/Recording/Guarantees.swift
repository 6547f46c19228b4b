// Generated from docs/guides/unmodified-agents.md by `make generate`; do not edit.

/// What recording promises and what it does not, in the words of the guide.
enum Guarantees {
    static let text = """
        WHAT IS PROMISED

        G1 Recorded once. Each call has at most one current result; once it is recorded,
           every later start of the program that makes a matching request gets exactly
           those bytes, at no token cost, with no network.
        G2 Commit before completion. The program never sees the end of a response before
           it is on disk (fsync). With `--buffer full` it sees no byte before that.
        G3 A crash of the program costs nothing. If the agent dies (`kill -9`, out of
           memory, an exception), no upstream call is repeated: a call in flight goes
           on, is recorded, and the restarted agent is attached to it (for
           `--inflight-max`, 15 minutes). Where the agent is not started again and the
           run is left open (its budget is used up, it was given up, it failed),
           `sidestep run` waits for such a call before it ends; a signal ends it at
           once.
        G4 A crash of the daemon costs nothing either. The supervisor goes on reading
           the provider, holds the end back, waits until the daemon is there again, and
           records. Only the death of the supervisor (`sidestep run`) or of the machine
           can make a call be paid twice: a call is at least once, and only calls in
           flight may be sent again. No provider documents an idempotency key for
           inference that one could rely on.
        G5 No false success. A 4xx or 5xx, an error event, a truncated stream or a
           failed status is never replayed as a result. A stream that ends cleanly but
           too early, which SDKs accept silently, is an error for the program.
        G6 Fencing. Two starts of one run cannot both use it: a new lease revokes the
           token of the old one.
        G7 Budget. Recorded usage survives all restarts; no new upstream call starts
           once what was recorded, what is in flight and what is in doubt reach the
           budget. Overshoot is at most the sum over calls already in flight of what
           they used beyond what was set aside. `--budget-mode hard` sets aside the
           bytes of the request, 2,048 tokens and the stated limit of output, and
           refuses calls that state none; overshoot is then possible only through loops
           on the provider's side (web search, code execution, hosted MCP), which no
           proxy can bound.
        G8 Never tampers. The body that reaches the provider is byte for byte the
           agent's, but for a declared request for usage (off unless a budget or
           `--usage` is set). The bytes that reach the agent are byte for byte the
           provider's, but for what was added that way. Providers' prompt caches stay
           warm.

        WHAT IS NOT

        N1 Your tools run again: shell commands, file writes, e-mails, HTTP to other
           hosts are repeated at every restart. Remedies, in this order: tools that may
           be repeated; MCP tools behind `sidestep mcp`; steps (`sidestep step` works in
           the program: its run is in the environment); `--workspace`, which sets a
           folder back.
        N2 Nondeterminism ends the replay. If the agent builds a different prompt (time,
           random ids, directory listings, other tool output, other temperature), the
           call is a miss: it is forwarded and paid. Nothing wrong is served; something
           is paid twice. What differs in the results of tools only by times, durations,
           UUIDs, addresses and names of temporary files still matches.
        N3 Time and randomness are not virtualised. "It goes on where it was" means: it
           runs from the start, fast.
        N4 Only redirected traffic is seen. A base URL fixed in the code, a subscription
           login bound to another back end, Realtime, Bedrock (SigV4 signs the host) and
           Vertex are not covered; `sidestep run` says "0 calls seen" at its end.
        N5 A hidden second way out. The OpenAI Agents SDK posts traces to api.openai.com
           whatever `OPENAI_BASE_URL` says, with the key of `OPENAI_API_KEY`: that
           variable therefore never holds a token of ours.
        N6 State on the provider's side can expire. `previous_response_id`, ids of files
           and batches are replayed; if the provider has forgotten them, its 404 reaches
           the agent.
        N7 Partial streams may have been acted on. After the death of the supervisor the
           agent may have acted on a prefix of an answer that is then replaced (also
           true without us). `--buffer full` removes it.
        N8 Identical concurrent requests (n samples of one prompt) get the recorded
           multiset; which task gets which sample may change.
        N9 Agents with checkpoints of their own do not repeat old calls; then the
           journal is simply not asked. State on disk from a failed start may also lead
           the agent elsewhere (N2).
        N10 Prompts and answers lie on disk, in the daemon's database (mode 0600),
            encrypted with `--recording-key`. Keys of providers and other credentials do
            not.

        From docs/guides/unmodified-agents.md.
        """
}
