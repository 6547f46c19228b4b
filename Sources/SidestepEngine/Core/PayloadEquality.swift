import SidestepModel
import SidestepProtocol

/// Whether two payloads are the same value as their senders wrote it:
/// byte for byte, white space outside strings aside.
func isSame(_ left: Payload?, _ right: Payload?) -> Bool {
    if left == right { return true }
    guard let left, let right else { return false }
    return RawJSON(validated: left).compact == RawJSON(validated: right).compact
}
