/// Something that an operator may want to read: a line of the log, with fields to search by.
///
/// Never a payload, never a secret: fields are names and numbers.
public struct Notice: Sendable, Equatable {
    /// What happened; it brings the level, the sentence, and which fields there may be.
    public let kind: NoticeKind
    /// Names and values, in the order in which they were added.
    public private(set) var fields: [(name: NoticeField, value: String)] = []

    /// A notice without fields.
    public init(_ kind: NoticeKind) { self.kind = kind }

    /// The same with a field more; nil adds none.
    public func with(_ name: NoticeField, _ value: String?) -> Notice {
        guard let value else { return self }
        assert(kind.fields.contains(name), "\(kind.name) declares no field \(name)")
        var more = self
        more.fields.append((name, value))
        return more
    }

    /// The same with a number, in decimal; nil adds none.
    public func with(_ name: NoticeField, _ value: (some FixedWidthInteger)?) -> Notice {
        with(name, value.map { "\($0)" })
    }

    /// The same with a user; nil adds none.
    public func with(_ name: NoticeField, _ user: UserID?) -> Notice {
        with(name, user?.number)
    }

    /// The same with who called: the user and the process.
    public func with(_ peer: Peer) -> Notice {
        with(.uid, peer.uid).with(.pid, peer.process.pid)
    }

    /// The same, standing for so many.
    func counting(_ count: Int) -> Notice {
        var more = self
        more.fields.append((.more, "\(count)"))
        return more
    }

    /// The value of a field; nil when the notice has none of that name.
    public subscript(name: NoticeField) -> String? { fields.first { $0.name == name }?.value }

    /// Equal notices have the same kind and the same fields in the same order.
    public static func == (left: Notice, right: Notice) -> Bool {
        left.kind == right.kind && left.fields.map(\.name) == right.fields.map(\.name)
            && left.fields.map(\.value) == right.fields.map(\.value)
    }
}

/// What a field of a notice says; in the journal of systemd it is `SIDESTEP_` and the name in capitals.
public enum NoticeField: String, Sendable, CaseIterable {
    case run, workflow, step, reason
    /// Whose it is.
    case user
    /// Who called.
    case uid, pid
    case method, subject
    case limit, breaker, webhook, delivery, schedule
    case attempts, status, problem, until
    case statement, code
    case task, path, bytes, runs, spans
    /// How often the same happened in the last minute besides.
    case more
}

/// How grave a notice is: the levels of `log_level`.
public enum NoticeLevel: String, Sendable {
    case debug, info, notice, warning, error
}
