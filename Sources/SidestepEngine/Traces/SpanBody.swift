import SidestepModel
import SidestepProtocol

/// Spans as OTLP has them, in JSON: <https://opentelemetry.io/docs/specs/otlp/>, `ExportTraceServiceRequest`.
struct SpanBody {
    /// Who tells of them.
    let version: String
    let host: String

    func bytes(_ spans: [Span]) -> [UInt8] {
        RawJSON.build { writer in
            writer.beginObject()
            list("resourceSpans", of: &writer) { writer in
                writer.object("resource") { attributes(resource, &$0) }
                list("scopeSpans", of: &writer) { writer in
                    writer.object("scope") {
                        $0.member("name", "sidestepd"); $0.member("version", version)
                    }
                    writer.array("spans") { writer in
                        for span in spans { write(span, &writer) }
                    }
                }
            }
            writer.endObject()
        }.bytes.map(\.self)
    }

    private var resource: [(String, Span.Value)] {
        [
            ("service.name", .text("sidestep")), ("service.version", .text(version)),
            ("host.name", .text(host)),
        ]
    }

    /// A list with one object.
    private func list(
        _ name: String, of writer: inout JSONWriter, _ write: (inout JSONWriter) -> Void
    ) {
        writer.array(name) { writer in
            writer.beginObject()
            write(&writer)
            writer.endObject()
        }
    }

    private func write(_ span: Span, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("traceId", span.context.trace)
        writer.member("spanId", span.context.span)
        writer.member("parentSpanId", span.parent)
        writer.member("name", span.name)
        // SPAN_KIND_INTERNAL
        writer.member("kind", 1)
        writer.member("startTimeUnixNano", Self.nanoseconds(span.begun))
        writer.member("endTimeUnixNano", Self.nanoseconds(span.ended))
        attributes(span.attributes, &writer)
        if !span.events.isEmpty {
            writer.array("events") { writer in
                for event in span.events { write(event, &writer) }
            }
        }
        // How many is not known, and at least one.
        if span.hasDroppedEvents { writer.member("droppedEventsCount", 1) }
        if span.isError {
            // STATUS_CODE_ERROR
            writer.object("status") {
                $0.member("message", span.message); $0.member("code", 2)
            }
        }
        writer.endObject()
    }

    private func write(_ event: Span.Event, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("timeUnixNano", Self.nanoseconds(event.at))
        writer.member("name", event.name)
        attributes(event.attributes, &writer)
        writer.endObject()
    }

    private func attributes(_ attributes: [(String, Span.Value)], _ writer: inout JSONWriter) {
        if attributes.isEmpty { return }
        writer.array("attributes") { writer in
            for (name, value) in attributes {
                writer.beginObject()
                writer.member("key", name)
                writer.object("value") { writer in
                    switch value {
                    case .text(let text): writer.member("stringValue", text)
                    // 64 bits are text in the JSON of protocol buffers.
                    case .number(let number): writer.member("intValue", "\(number)")
                    }
                }
                writer.endObject()
            }
        }
    }

    private static func nanoseconds(_ instant: Instant) -> String { "\(max(0, instant.milliseconds))000000" }
}
