import SidestepModel

/// The reference page of the daemon's metrics, in Markdown.
enum MetricsPage {
    static var text: String {
        let page = """
            # Metrics

            Generated from the table of metrics by `make generate`; do not edit. How they get into a monitor is told in
            [monitoring](../operating/monitoring.md).

            Counters begin at 0 with the daemon. A sample behind a counter's name ends with `_total`, those behind a
            histogram's with `_bucket`, `_count` and `_sum`, those behind an info's with `_info`. Of queues, limits,
            breakers and webhooks \(Metric.mostNames) of each have samples; `uid` is whose it is, `all` where it is
            everybody's.

            | metric | kind | labels | |
            |---|---|---|---|

            """
        return page + Metric.all.map(row).joined()
    }

    private static func row(_ metric: Metric) -> String {
        let labels = metric.labels.map { "`\($0)`" }.joined(separator: " ")
        return "| `\(metric.name)` | \(metric.kind.rawValue) | \(labels) | \(metric.help) |\n"
    }
}
