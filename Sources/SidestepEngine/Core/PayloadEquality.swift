import SidestepModel
import SidestepProtocol

/// Whether two payloads are the same value: as their senders wrote them, white space outside strings and the
/// order of an object's members aside.
func isSame(_ left: Payload?, _ right: Payload?) -> Bool {
    if left == right { return true }
    guard let left, let right else { return false }
    return RawJSON(validated: left).isSame(as: RawJSON(validated: right))
}
