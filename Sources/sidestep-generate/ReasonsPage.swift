import SidestepModel

/// The reference page of what `run.explain` can say, in Markdown.
enum ReasonsPage {
    static var text: String {
        let page = """
            # Reasons

            Generated from the table of reasons by `make generate`; do not edit.

            `run.explain` (`sidestep why RUN`) names in `reasons` all of these that are the case, the most important
            first, says them in sentences with names and numbers, and gives in `command` the line that lets the run go
            on, ready to be run as it stands. Where the last column is empty, time or somebody's program brings it
            about.

            | reason | what is the case | what lets it go on |
            |---|---|---|

            """
        return page + RunReason.accounts.map(row).joined()
    }

    private static func row(_ account: RunReason.Account) -> String {
        "| `\(account.reason.rawValue)` | \(account.fact) | \(account.cure.map { "`\($0)`" } ?? "") |\n"
    }
}
