import SidestepModel

extension MethodTable {
    /// The methods of saved views: filters of runs under names of their user.
    static let viewMethods: [Method] = [viewPut, viewList, viewDelete]

    private static let aView = Parameter.must("view", .name, "the name of the view")

    private static let viewPut = Method(
        "view.put", .view, .open, "Saves a filter of runs under a name, or changes the one of that name.",
        parameters: [
            aView,
            .must("filter", .runFilter, "what `run.list` is to find runs by; without members all runs"),
        ],
        result: [.must("view", .view, "the view as it is now")],
        errors: [.notPermitted, .payloadTooLarge, .limitExceeded],
        example: Example(
            #"{"view":"failed today","filter":{"status":"failed","newer_than_ms":86400000}}"#,
            #"{"view":\#(ExampleText.view)}"#), waitsForCommit: true)

    private static let viewList = Method(
        "view.list", .view, .open, "Lists your saved views by their names.",
        result: [.must("views", .array(.view), "the views")],
        example: Example("{}", #"{"views":[\#(ExampleText.view)]}"#))

    private static let viewDelete = Method(
        "view.delete", .view, .open, "Removes a saved view; runs stay as they are.", parameters: [aView],
        result: [.must("deleted", .boolean, "whether there was one")],
        example: Example(#"{"view":"failed today"}"#, #"{"deleted":true}"#), waitsForCommit: true,
        space: .frees)
}

extension ParameterType {
    /// The filter of `run.list`, as an object.
    static let runFilter = ParameterType.shared("run_filter", .object(MethodTable.runFilter))

    static let view = ParameterType.shared(
        "view",
        .object([
            .must("view", .name, "its name"),
            .must("filter", .runFilter, "what `run.list` finds the runs of the view by"),
            .must("created_at", .instant, "when it was saved first"),
            .must("updated_at", .instant, "when it was last changed"),
        ]))
}
