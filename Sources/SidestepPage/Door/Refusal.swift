import Sidestep
import SidestepProtocol

/// Why a request is not carried out, as the page gets it.
struct Refusal: Error, Equatable {
    let status: Int
    let kind: String
    let message: String
    let hint: String

    init(_ status: Int, _ kind: String, _ message: String, hint: String) {
        (self.status, self.kind, self.message, self.hint) = (status, kind, message, hint)
    }

    var json: RawJSON {
        .object { writer in
            writer.object("error") { writer in
                writer.member("code", -32000)
                writer.member("message", message)
                writer.object("data") { writer in
                    writer.member("kind", kind)
                    writer.member("hint", hint)
                }
            }
        }
    }

    static let anotherLink = "Get a new link: `sidestep ui --link`, or Enter where `sidestep ui` runs."

    static let noSession = Refusal(
        401, "not_permitted", "this browser has no session here, or it has ended", hint: anotherLink)
    static let badCode = Refusal(
        403, "not_permitted", "the code was used already, is wrong or too old", hint: anotherLink)
    static let tooMany = Refusal(
        503, "overloaded", "64 connections are open already", hint: "Close other tabs with this page.")

    static func unavailable(_ message: String) -> Refusal {
        Refusal(
            503, "unavailable", message,
            hint: "The page goes on by itself when the daemon is back. To start your own: `sidestep ping`.")
    }
}
