import SidestepModel

extension MethodTable {
    /// The methods about documents attached to runs.
    static let artifactMethods: [Method] = [artifactPut, artifactGet, artifactList]

    private static let anArtifact = Parameter.must("artifact", .name, "the name of the artifact")

    private static let artifactPut = Method(
        "artifact.put", .artifact, .lease,
        "Attaches a document to the run: a new version, unless the newest one is the same.",
        parameters: [
            anArtifact, .must("type", .artifactType, "what it is"),
            .may("content", .payload, "its text (markdown, link: a string) or value (json)"),
            .may("path", .text, "where a file is on this host; it is not copied"),
            .may("description", .text, "what it is about"),
        ],
        result: [anArtifact, .must("version", .count, "its version, from 1")], errors: [.invalidArgument],
        example: Example(
            ##"{"artifact":"report","type":"markdown","content":"# Tides"}"##,
            #"{"artifact":"report","version":1}"#),
        waitsForCommit: true)

    private static let artifactGet = Method(
        "artifact.get", .artifact, .visible,
        "Returns an artifact: of a run, or the newest of that name in all runs.",
        parameters: [
            anArtifact, .may("run", .name, "the run"),
            .may("version", .count, "which version of the run's", default: "the newest"),
        ],
        result: ParameterType.artifactMembers, errors: [.runNotFound, .invalidArgument],
        example: Example(#"{"run":"research-1","artifact":"report"}"#, ExampleText.artifact))

    private static let artifactList = Method(
        "artifact.list", .artifact, .visible,
        "Lists versions of artifacts, the newest first, without their content.",
        parameters: [
            .may("run", .name, "only of this run"), .may("artifact", .name, "only of this name"),
            .may("limit", .page, "versions on a page", default: 100),
            .may("cursor", .opaque, "`more` of the page before"),
        ],
        result: [
            .must("artifacts", .array(.artifact), "the artifacts"),
            .may("more", .opaque, "the cursor of the next page"),
        ],
        errors: [.runNotFound],
        example: Example(#"{"run":"research-1"}"#, #"{"artifacts":[\#(ExampleText.artifact)],"more":null}"#))
}

extension ParameterType {
    static let artifactType = ParameterType.enumeration(ArtifactType.allCases.map(\.rawValue))

    static let artifact = ParameterType.shared("artifact", .object(artifactMembers))

    static let artifactMembers: [Parameter] = [
        .must("artifact", .name, "its name"),
        .must("run", .name, "the run it is attached to"),
        .must("version", .count, "from 1, per run and name"),
        .must("type", .artifactType, "what it is"),
        .may("content", .payload, "its text or value"),
        .may("path", .text, "where a file is on this host"),
        .may("description", .text, "what it is about"),
        .must("created_at", .instant, "when it was attached"),
    ]
}
