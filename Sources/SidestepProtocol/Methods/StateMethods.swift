import SidestepModel

extension MethodTable {
    /// The methods about the values of a run that others may read.
    static let stateMethods: [Method] = [
        Method(
            "state.set", .state, .lease, "Sets a value of the run's state, or deletes it.",
            parameters: [
                .must("name", .name, "the name of the value"),
                .may("value", .payload, "the value; without one the name is deleted"),
            ], example: Example(#"{"name":"progress","value":{"done":3}}"#, "{}"),
            waitsForCommit: true),
        Method(
            "state.get", .state, .visible, "Returns a value of the run's state.",
            parameters: [aRun, .must("name", .name, "the name of the value")],
            result: [
                .may("value", .payload, "the value"),
                .may("found", .boolean, "false when there is none", default: true),
            ],
            errors: [.runNotFound],
            example: Example(#"{"run":"research-1","name":"progress"}"#, #"{"value":{"done":3}}"#)),
        Method(
            "state.wait", .state, .visible,
            "Returns a value of the run's state as soon as there is one that the caller does not know.",
            parameters: [
                aRun, .must("name", .name, "the name of the value"),
                .may("unlike", .payload, "the value that the caller knows; another one is waited for"),
                .may("wait_ms", .span, "the longest time to wait for it", default: 0),
            ],
            result: [
                .may("value", .payload, "the value"),
                .must("found", .boolean, "whether there is such a value"),
                .must("closed", .boolean, "whether the run has ended, and sets no other"),
            ],
            errors: [.runNotFound],
            example: Example(
                #"{"run":"research-1","name":"progress","unlike":{"done":2},"wait_ms":30000}"#,
                #"{"value":{"done":3},"found":true,"closed":false}"#), mayWait: true),
        Method(
            "state.list", .state, .visible, "Returns all values of the run's state.", parameters: [aRun],
            result: [.must("state", .open([], others: .payload), "the values by their names")],
            errors: [.runNotFound],
            example: Example(#"{"run":"research-1"}"#, #"{"state":{"progress":{"done":3}}}"#)),
    ]
}
