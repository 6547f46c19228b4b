import SidestepModel

/// The reference page of what the log tells, in Markdown.
enum LogPage {
    static var text: String {
        let page = """
            # The log

            Generated from the table of notices by `make generate`; do not edit. Where the log goes and how it is read
            is told in [systemd](../operating/systemd.md#logs).

            Each line has the field `event` (`SIDESTEP_EVENT` in the journal) and the fields that are listed;
            `user` is whose it is, `uid` and `pid` are who called. Where *counted by* names fields, the first of
            what is the same in them is told at once, and what follows as a number each minute, in the field
            `more`. Payloads and secrets are never logged.

            | event | level | fields | counted by | |
            |---|---|---|---|---|

            """
        return page + NoticeKind.all.map(row).joined()
    }

    private static func row(_ kind: NoticeKind) -> String {
        let counted = (kind.countedBy ?? []).map { "`\($0.rawValue)`" }.joined(separator: " ")
        let fields = kind.fields.map { "`\($0.rawValue)`" }.joined(separator: " ")
        return "| `\(kind.name)` | \(kind.level.rawValue) | \(fields) | \(counted) | \(kind.sentence) |\n"
    }
}
