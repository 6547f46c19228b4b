import SidestepModel

/// Metrics as text: OpenMetrics 1.0 (https://prometheus.io/docs/specs/om/open_metrics_spec/).
public struct MetricsText {
    /// What was written; a reader wants `ended`.
    private var text = ""
    private var metric = Metric("", .gauge, "")

    /// Empty.
    public init() {}

    /// The whole text with its end.
    public var ended: String { text + "# EOF\n" }

    /// Begins a metric: the samples that follow are its own.
    public mutating func begin(_ metric: Metric) {
        self.metric = metric
        text += "# TYPE \(metric.name) \(metric.kind.rawValue)\n"
        if let unit = metric.unit { text += "# UNIT \(metric.name) \(unit)\n" }
        text += "# HELP \(metric.name) \(Self.escaped(metric.help))\n"
    }

    /// A sample of the metric that was begun.
    ///
    /// - Parameter values: of its labels, in their order.
    public mutating func sample(_ value: some Numeric & Sendable, _ values: [String] = []) {
        precondition(values.count == metric.labels.count, "\(metric.name) has other labels")
        let suffix =
            switch metric.kind {
            case .counter: "_total"
            case .info: "_info"
            default: ""
            }
        line(suffix, Array(zip(metric.labels, values)), "\(value)")
    }

    /// A metric without labels and its one sample.
    public mutating func add(_ metric: Metric, _ value: some Numeric & Sendable) {
        begin(metric)
        sample(value)
    }

    /// A metric that is a distribution.
    public mutating func add(_ metric: Metric, _ value: Distribution.Value) {
        begin(metric)
        var count = 0
        for (bound, more) in zip(value.bounds.map { "\($0)" } + ["+Inf"], value.counts) {
            count += more
            line("_bucket", [("le", bound)], "\(count)")
        }
        line("_count", [], "\(count)")
        line("_sum", [], "\(value.sum)")
    }

    private mutating func line(_ suffix: String, _ labels: [(String, String)], _ value: String) {
        text += metric.name + suffix
        if !labels.isEmpty {
            let words = labels.map { "\($0.0)=\"\(Self.escaped($0.1, quotes: true))\"" }
            text += "{\(words.joined(separator: ","))}"
        }
        text += " \(value)\n"
    }

    /// Section "ABNF" of the specification: backslash, line feed, and in values of labels the quote.
    private static func escaped(_ text: String, quotes: Bool = false) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
