extension Setting {
    static let adminGroup = Setting(
        "admin_group", "a group, by name or number, or nothing",
        "processes of this group see the runs of all users and may do what is the administrator's; supplementary "
            + "groups count, as they were when the process connected",
        read: { $0.adminGroup?.name ?? "" },
        write: { configuration, text, accounts throws(Mistake) in
            configuration.adminGroup = text.isEmpty ? nil : try account(text, "group", accounts.group)
        })

    static let execUsers = Setting(
        "exec_users", "users, by name or number, with commas between them; `*` is everybody",
        "users that the daemon runs programs for beside its own; the programs have the daemon's rights",
        read: { configuration in
            switch configuration.execUsers {
            case .everybody: "*"
            case .named(let users): users.map(\.name).joined(separator: ", ")
            }
        },
        write: { configuration, text, accounts throws(Mistake) in
            var users: [Account] = []
            for name in elements(text) {
                if name == "*" { return configuration.execUsers = .everybody }
                users.append(try account(name, "user", accounts.user))
            }
            configuration.execUsers = .named(users)
        })

    /// An account that exists; a number stands for itself.
    private static func account(
        _ name: String, _ kind: String, _ number: (String) -> UInt32?
    ) throws(Mistake) -> Account {
        guard let number = UInt32(name) ?? number(name) else {
            throw Mistake("names the \(kind) `\(name)`, which this host does not have")
        }
        return Account(name: name, number: number)
    }

    /// The parts between commas.
    static func elements(_ text: String) -> [String] {
        text.split(separator: ",").map { trimmed($0) }.filter { !$0.isEmpty }
    }
}
