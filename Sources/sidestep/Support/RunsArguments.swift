import ArgumentParser

/// The runs that something is done to: named, or found by a filter.
struct RunsArguments: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The runs; SIDESTEP_RUN when nothing says which.", valueName: "run"))
    var runs: [String] = []
    @OptionGroup var filter: RunFilterOptions
    @Flag(help: "All runs that it can be done to.")
    var all = false
    @Flag(name: [.customShort("n"), .long], help: "Say to which runs it would be done, and do nothing.")
    var dryRun = false
    @Flag(name: .shortAndLong, help: "Do not ask before many runs are changed.")
    var yes = false

    /// Whether a filter says which runs are meant.
    var isFilter: Bool { all || !filter.isEmpty }

    func validate() throws {
        if isFilter, !runs.isEmpty {
            throw ValidationError("name the runs, or say by options which they are, not both")
        }
    }

    /// The runs that are named.
    func names() throws -> [String] { runs.isEmpty ? [try Context.run()] : runs }

    /// The only run that it is done to; nil when many may be meant, or nothing is done.
    func one() throws -> String? { isFilter || dryRun || runs.count > 1 ? nil : try names()[0] }
}
