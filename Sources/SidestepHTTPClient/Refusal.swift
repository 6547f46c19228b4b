/// Why a request is not sent.
package struct Refusal: Error {
    package let type: String
    package let message: String
    /// Whether another attempt may be another matter.
    package var isPassing = false

    package init(type: String, message: String, isPassing: Bool = false) {
        (self.type, self.message, self.isPassing) = (type, message, isPassing)
    }
}
