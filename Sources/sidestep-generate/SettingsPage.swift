import SidestepSettings

/// The reference page of all settings, in Markdown.
enum SettingsPage {
    static var text: String {
        let page = """
            # Settings of the daemon

            Generated from the table of settings by `make generate`; do not edit. Where they are written, and which of
            several places wins, is told in [operating](../operating/daemon.md).

            A line of the configuration file is `name = value`; `#` begins a comment. A setting stands there once.
            What is unknown, stands there twice or cannot be meant is refused with exit status 64:
            `sidestepd --check-configuration` tells without starting anything. **Reload** says what SIGHUP
            (`systemctl reload sidestepd`) changes; the rest waits for the next start, and the log names it.

            | setting | may be | default | reload | what it is for |
            |---|---|---|---|---|

            """
        return page + SettingsTable.all.map(row).joined()
    }

    private static func row(_ setting: Setting) -> String {
        let standard = setting.text(Configuration())
        let reload = setting.isReloadable ? "yes" : ""
        let variable = setting.variable.map { " (also `\($0)`)" } ?? ""
        return
            "| `\(setting.name)` | \(setting.form) | \(standard.isEmpty ? "" : "`\(standard)`") | \(reload) "
            + "| \(setting.summary)\(variable) |\n"
    }
}
