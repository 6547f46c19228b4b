import ArgumentParser

/// Says what recording promises before anything is started.
struct Explanation: ParsableArguments {
    @Flag(help: "Print what recording promises and what it does not, word for word, and start nothing.")
    var explain = false

    func validate() throws { if explain { throw CleanExit.message(Guarantees.text) } }
}
