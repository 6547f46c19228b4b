import SidestepProtocol
import Synchronization

/// A line for the daemon. It is written once, however long it is: the number of a call is its last member.
///
/// An object, so that whoever passes it on holds no copy when it gets another number.
final class Outgoing: Sendable {
    let method: String
    /// The line, or its beginning while it has no number.
    private let text: Mutex<[UInt8]>
    private let params: Range<Int>

    /// A call with the parameters that `write` writes into an object.
    convenience init(_ method: String, _ write: (inout JSONWriter) -> Void) {
        self.init(method, capacity: 256) { writer in
            writer.beginObject()
            write(&writer)
            writer.endObject()
        }
    }

    /// A call with these parameters, or none.
    convenience init(_ method: String, _ params: RawJSON?) {
        self.init(method, capacity: 128 + (params?.bytes.count ?? 0)) { writer in
            if let params { writer.raw(params) } else { writer.raw(.emptyObject) }
        }
    }

    private init(_ method: String, capacity: Int, params write: (inout JSONWriter) -> Void) {
        self.method = method
        var writer = JSONWriter(capacity: capacity)
        writer.beginObject()
        writer.member("jsonrpc", "2.0")
        writer.member("method", method)
        writer.key("params")
        let start = writer.bytes.count
        write(&writer)
        params = start..<writer.bytes.count
        text = Mutex(writer.bytes)
    }

    /// What the parameters say under this name.
    subscript(name: String) -> RawJSON? { text.withLock { RawJSON(validated: $0[params]) }[name] }

    /// The line of the call with this number, its newline included.
    func request(_ id: Int) -> [UInt8] { ended(#","id":\#(id)}"#) }

    /// The line of a notification.
    func notification() -> [UInt8] { ended("}") }

    private func ended(_ end: String) -> [UInt8] {
        text.withLock { text in
            text.removeLast(text.count - params.upperBound)
            text.append(contentsOf: end.utf8)
            text.append(0x0A)
            return text
        }
    }

    /// The line of a call.
    static func request(id: Int, method: String, params: RawJSON?) -> [UInt8] {
        Outgoing(method, params).request(id)
    }

    /// The line of a notification.
    static func notification(method: String, params: RawJSON?) -> [UInt8] {
        Outgoing(method, params).notification()
    }
}
