/// Objects that the examples repeat.
enum ExampleText {
    static let run =
        #"{"id":"research-1","uid":"01JGXZ5W3N","generation":1,"workflow":"research","status":"running","#
        + #""attempt":1,"interruptions":0,"epoch":3,"owner":{"kind":"connection","pid":4711,"uid":1000,"#
        + #""since_at":1767225600000},"created_at":1767225600000,"updated_at":1767225600000}"#
    static let closedRun =
        #"{"id":"research-1","uid":"01JGXZ5W3N","generation":1,"workflow":"research","status":"completed","#
        + #""attempt":1,"interruptions":0,"epoch":3,"owner":null,"created_at":1767225600000,"#
        + #""updated_at":1767225660000,"closed_at":1767225660000}"#
    static let queuedRun =
        #"{"id":"research-1","uid":"01JGXZ5W3N","generation":1,"workflow":"research","status":"queued","#
        + #""attempt":1,"interruptions":0,"epoch":0,"queue":"default","created_at":1767225600000,"#
        + #""updated_at":1767225600000}"#
    static let view =
        #"{"view":"failed today","filter":{"status":"failed","newer_than_ms":86400000},"#
        + #""created_at":1767225600000,"updated_at":1767225600000}"#
    static let queue =
        #"{"queue":{"queue":"mail","paused":false,"concurrency":4,"queued":2,"running":1}}"#
    static let step =
        #"{"step":"fetch","status":"completed","attempt":1,"failures":0,"output":{"pages":3},"#
        + #""started_at":1767225600000,"finished_at":1767225601000}"#
    static let unknownStep = #"{"step":"pay","status":"unknown","attempt":1,"at_most_once":true}"#
    static let schedule =
        #"{"schedule":"nightly","workflow":"report","cron":"0 2 * * MON-FRI","time_zone":"Europe/Berlin","#
        + #""overlap":"skip","catch_up_ms":60000,"jitter_ms":0,"paused":false,"next_at":[1767229200000],"fired":3,"#
        + #""skipped":0,"missed":0,"created_at":1767225600000,"updated_at":1767225600000}"#
    static let artifact =
        ##"{"artifact":"report","run":"research-1","version":1,"type":"markdown","content":"# Tides","##
        + #""created_at":1767225600000}"#
    static let webhook =
        #"{"webhook":"ops","url":"https://example.org/hook","events":["run.failed","order.*"],"secret":"hook-key","#
        + #""paused":false,"max_attempts":12,"created_at":1767225600000,"updated_at":1767225600000}"#
    static let delivery =
        #"{"delivery":"dl_5d41","webhook":"ops","event":"run.failed","sequence":4711,"status":"dead","attempts":12,"#
        + #""http_status":503,"problem":"the receiver answered 503","created_at":1767225600000,"#
        + #""finished_at":1767243600000}"#
    static let conversation =
        #"{"conversation":"chat-1","revision":4,"length":7,"created_at":1767225600000,"updated_at":1767225601000}"#
    static let memory =
        #"{"namespace":["alice","tastes"],"key":"tea","value":{"like":"green"},"created_at":1767225600000,"#
        + #""updated_at":1767225601000}"#
    static let graphWrite =
        #"{"task":"a","path":"","index":0,"channel":"messages","type":"json","data":"ImhlbGxvIg=="}"#
    static let graphCheckpoint =
        #"{"thread":"t1","namespace":"","checkpoint":"1ef-1","type":"json","data":"e30=","metadata":{"step":1},"#
        + #""values":[],"writes":[]}"#
    static let recording =
        #"{"recording":1,"generation":1,"epoch":3,"state":"completed","upstream":"openai","http_method":"POST","#
        + #""path":"/v1/chat/completions","keys":["k0","k1"],"model":"gpt-6","stream":true,"status":200,"#
        + #""response_bytes":5120,"usage":{"input_tokens":900,"output_tokens":120},"usage_source":"reported","#
        + #""tries":1,"started_at":1767225600000,"duration_ms":2100,"completed_at":1767225602100}"#
    static let checkpoint =
        #"{"checkpoint":"01JGXZ5W4A","run":"research-1","sequence":7,"step_number":7,"state":{"page":3},"#
        + #""message_count":14,"created_at":1767225601000}"#
}
