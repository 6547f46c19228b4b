import SidestepProtocol

/// The id of a request, the same however it is written: who answers writes it in his own way.
public struct RequestName: Hashable, Sendable {
    private let text: String

    /// The id as it stands in a message.
    public init(_ id: RawJSON) {
        if let string = id.string {
            text = "\"" + string
        } else if let double = id.double, double.magnitude < 0x1p53, double == double.rounded() {
            text = String(Int64(double))
        } else {
            text = id.text
        }
    }
}
