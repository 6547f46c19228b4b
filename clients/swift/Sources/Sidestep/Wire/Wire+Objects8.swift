// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// The protocol's `recorded_response`.
    public struct RecordedResponseObject: WireReadable {
        /// The status that HTTP has for it.
        public var status: Int
        /// Pairs of a name and a value.
        public var headers: [[String]]?
        /// What kind of bytes they are.
        public var contentType: String?
        /// The body, if it is UTF-8 without NUL.
        public var text: String?
        /// The body in base64, if it is not.
        public var base64: String?
        /// Where parts of it began, in bytes.
        public var splits: [Int]?
        /// Before each part, from the request on, where that is known.
        public var pauses: [Int]?

        init(_ reader: WireReader) throws {
            status = try reader.must("status")
            headers = try reader.may("headers")
            contentType = try reader.may("content_type")
            text = try reader.may("text")
            base64 = try reader.may("base64")
            splits = try reader.may("splits")
            pauses = try reader.may("pauses")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RecordedResponseObject", wire))
        }
    }

    /// The protocol's `request_difference`.
    public struct RequestDifferenceObject: WireReadable {
        /// The place, as a JSON pointer; empty for the whole.
        public var pointer: String
        /// Where the text differs, in bytes from its beginning.
        public var offset: Int?
        /// What the other one has there, cut around the difference.
        public var before: String?
        /// What this one has there.
        public var after: String?

        init(_ reader: WireReader) throws {
            pointer = try reader.must("pointer")
            offset = try reader.may("offset")
            before = try reader.may("before")
            after = try reader.may("after")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RequestDifferenceObject", wire))
        }
    }
}
