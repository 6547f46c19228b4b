import SidestepModel

extension MethodTable {
    /// The methods that carry a run from one daemon to another.
    static let transferMethods: [Method] = [runExport, runImport]

    private static let runExport = Method(
        "run.export", .run, .visible,
        "Returns all of a run as lines of JSON that another daemon can import, payloads unchanged.",
        parameters: [
            aRun, .may("generation", .count, "which generation", default: "the latest"),
            .may("cursor", .opaque, "`more` of the page before"),
            .may("max_bytes", .bytes, "about how large a page may be"),
            .may(
                "without_recordings", .boolean,
                "whether recorded calls are without their bodies and keys, as if those had been deleted",
                default: false),
        ],
        result: [
            .must("lines", .array(.payload), "the lines, each an object with a `kind`"),
            .may("more", .opaque, "the cursor of the next page"),
        ],
        errors: [.runNotFound],
        example: Example(
            #"{"run":"research-1"}"#,
            #"{"lines":[{"kind":"sidestep-run","format":2,"version":"0.1.0","exported_at":1767225600000},"#
                + #"{"kind":"end","lines":1}],"more":null}"#))

    private static let runImport = Method(
        "run.import", .run, .open,
        "Takes in the lines of an export; the run is seen when its last line has come.",
        parameters: [
            .must(
                "lines", .array(.payload, atMost: .importLines), "lines of the export in their order"),
            .may("import", .opaque, "what the call before answered, to go on"),
            .may("run", .name, "the id that the run gets here", default: "its own"),
            .may("user", .user, "whose it is to be; an administrator's alone", default: "the caller"),
        ],
        result: [
            .may("run", .run, "the run, once it is whole"),
            .must("done", .boolean, "whether the run is whole; false: send more lines"),
            .must("imported", .boolean, "whether it was taken in; false when it was here already"),
            .may("import", .opaque, "what to pass with the next lines"),
        ],
        errors: [.runConflict, .unsupported, .limitExceeded, .invalidArgument, .notPermitted],
        example: Example(
            #"{"lines":[{"kind":"sidestep-run","format":2,"version":"0.1.0","exported_at":1767225600000}]}"#,
            #"{"done":false,"imported":false,"import":"7.f01d"}"#),
        waitsForCommit: true)
}
