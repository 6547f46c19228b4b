import SidestepModel

/// Turns a line into requests, without touching their payloads.
public enum FrameParser {
    /// Reads one line, without its newline.
    ///
    /// Nothing is thrown: what is wrong with a line becomes the error to answer it with, so the connection
    /// stays.
    public static func parse(_ line: ArraySlice<UInt8>, limits: Limits = Limits()) -> Frame {
        guard line.count <= limits.frameBytes else { return .single(.invalid(id: nil, tooLong(limits))) }
        do throws(JSONError) {
            let bytes = line.span
            var index = 0
            JSONScanner.skipSpace(bytes, &index)
            let first = index < bytes.count ? bytes[index] : 0
            let frame: Frame =
                first == Byte.openBracket
                ? try batch(line, &index, limits)
                : .single(try item(line, &index, limits, depth: limits.depth))
            try JSONScanner.expectEnd(bytes, &index)
            return frame
        } catch {
            return .single(.invalid(id: nil, .parseError(error)))
        }
    }

    /// The answer to a line over the frame limit, for readers that cut such a line off.
    public static func tooLong(_ limits: Limits) -> RPCError {
        .overLimit(
            .payloadTooLarge, "frame_bytes", limits.frameBytes, "The line is longer than a frame may be.")
    }

    private static func batch(
        _ line: ArraySlice<UInt8>, _ index: inout Int, _ limits: Limits
    ) throws(JSONError) -> Frame {
        let bytes = line.span
        var items: [FrameItem] = []
        var count = 0
        guard limits.depth > 0 else { throw JSONError(offset: index, reason: "it is nested too deeply") }
        index += 1
        JSONScanner.skipSpace(bytes, &index)
        if index < bytes.count, bytes[index] == Byte.closeBracket {
            index += 1
            return .single(.invalid(id: nil, .invalidRequest("A batch holds at least one request.")))
        }
        repeat {
            JSONScanner.skipSpace(bytes, &index)
            count += 1
            // Past the limit the rest is still checked: a broken line is answered as one.
            if count > limits.batchLength {
                try JSONScanner.skipValue(bytes, &index, depth: limits.depth - 1)
            } else {
                items.append(try item(line, &index, limits, depth: limits.depth - 1))
            }
        } while try hasNext(bytes, &index)
        return count > limits.batchLength ? .single(.invalid(id: nil, tooMany(limits))) : .batch(items)
    }

    private static func hasNext(_ bytes: Span<UInt8>, _ index: inout Int) throws(JSONError) -> Bool {
        JSONScanner.skipSpace(bytes, &index)
        guard index < bytes.count else { throw JSONError(offset: index, reason: "a container is not closed") }
        let byte = bytes[index]
        guard byte == Byte.comma || byte == Byte.closeBracket else {
            throw JSONError(offset: index, reason: "a comma or the closing bracket is missing")
        }
        index += 1
        return byte == Byte.comma
    }

    private static func tooMany(_ limits: Limits) -> RPCError {
        .overLimit(.limitExceeded, "batch_length", limits.batchLength, "The batch holds too many requests.")
    }

    private static func item(
        _ line: ArraySlice<UInt8>, _ index: inout Int, _ limits: Limits, depth: Int
    ) throws(JSONError) -> FrameItem {
        let bytes = line.span
        guard index < bytes.count, bytes[index] == Byte.openBrace, depth > 0 else {
            try JSONScanner.skipValue(bytes, &index, depth: depth)
            return .invalid(id: nil, .invalidRequest("A request is an object."))
        }
        return EnvelopeReader(line: line, envelope: try .scan(bytes, &index, depth: depth)).item
    }
}
