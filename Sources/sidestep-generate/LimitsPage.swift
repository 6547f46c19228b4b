import SidestepModel

/// The reference page of all limits, in Markdown.
enum LimitsPage {
    static var text: String {
        """
        # Limits

        Generated from the tables of limits by `make generate`; do not edit. `hello` returns those that hold. An error
        names the limit that was met in `data.limit`; `limits.NAME = NUMBER` in the
        [configuration](../operating/daemon.md) sets another.

        \(table(NamedLimit.scalars.map { ($0.name, $0.summary, $0.read(Limits())) }))
        ## Elements

        How many elements the lists and open objects in the parameters of one call may have. One more is refused with
        `limit_exceeded`; `maxItems` and `maxProperties` in the OpenRPC document are the same numbers.

        \(table(ElementLimit.allCases.map { ($0.rawValue, $0.summary, $0.standard) }))
        """
    }

    private static func table(_ rows: [(name: String, summary: String, value: Int)]) -> String {
        "| limit | counts | default |\n|---|---|---:|\n"
            + rows.map { "| `\($0.name)` | \($0.summary) | \($0.value) |\n" }.joined()
    }
}
