import SidestepProtocol

/// Finding the cure: first what an option does, by the keys themselves, then what the first difference looks like.
extension RequestPair {
    func cure(of first: JSONDifference?) -> DriftCure {
        guard let first else { return .head }
        if !options.mask.isEmpty, isEqual(.masked, options) { return .ambiguous }
        if let kinds = mask { return .mask(kinds) }
        if options.ignoresToolResults, isEqual(.toolDrift, options) { return .unknownTools }
        var drifting = options
        drifting.ignoresToolResults = true
        if isEqual(.toolDrift, drifting) { return .toolDrift }
        return look(of: first)
    }

    /// Whether both have the same key on a rung.
    private func isEqual(_ rung: Rung, _ options: KeyOptions) -> Bool {
        let keys = [before, after].map { request in
            CallKeys(of: request, secret: [0], options: options).texts.first { CallKeys.rung(of: $0) == rung }
        }
        return keys[0] != nil && keys[0] == keys[1]
    }

    /// The fewest kinds under which both are the same; nil when all of them are not enough.
    private var mask: VolatileKinds? {
        func isEnough(_ kinds: VolatileKinds) -> Bool {
            var masking = options
            masking.mask = kinds
            return isEqual(.masked, masking)
        }
        guard isEnough(.all) else { return nil }
        var kinds = VolatileKinds.all
        for (_, kind) in VolatileKinds.named where !options.mask.contains(kind) {
            if isEnough(kinds.subtracting(kind)) { kinds.subtract(kind) }
        }
        return kinds
    }

    // MARK: What it looks like

    /// Members that hold what is said to a model, not how it is asked.
    private static let said: Set<String> = [
        "messages", "input", "contents", "system", "instructions", "systemInstruction", "system_instruction",
        "prompt", "tools",
    ]

    private func look(of first: JSONDifference) -> DriftCure {
        let names = JSONPointer.names(of: first.pointer)
        if isReordered(names) { return .order }
        if let name = names.first, !Self.said.contains(name) { return .setting(names.joined(separator: ".")) }
        guard let one = first.before, let other = first.after else { return .parts }
        let (left, right) = texts(at: first.pointer) ?? (one, other)
        if Self.isReordered(left, right) { return .order }
        let window = DriftWindow(left, right)
        let words = [window.before ?? "", window.after ?? ""]
        if Self.holdsDate(left, words[0]), Self.holdsDate(right, words[1]) { return .date }
        return words.allSatisfy(Self.isID) ? .id : .text
    }

    /// Whether an array on the way to the place has the same elements in another order.
    private func isReordered(_ names: [String]) -> Bool {
        guard let one = before.json, let other = after.json else { return false }
        return names.indices.contains { count in
            let arrays = [one, other].map { JSONPointer.value(at: names.prefix(count), in: $0) }
            guard let left = arrays[0], let right = arrays[1], left.kind == .array, right.kind == .array
            else {
                return false
            }
            let texts = [left, right].map { $0.elements.map(\.compact.text) }
            return texts[0] != texts[1] && texts[0].sorted() == texts[1].sorted()
        }
    }

    /// Whether two texts have the same words in another order.
    private static func isReordered(_ one: String, _ other: String) -> Bool {
        let words = [one, other].map { text in text.split { !$0.isLetter && !$0.isNumber } }
        return words[0] != words[1] && words[0].sorted() == words[1].sorted()
    }

    private static let calendar: [String] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mon", "tue",
        "wed", "thu",
        "fri", "sat", "sun",
    ]

    /// Whether the word that differs is the name of a month or a day, stands beside one, or counts seconds since 1970.
    private static func holdsDate(_ text: String, _ word: String) -> Bool {
        if isMoment(word) || isCalendar(word) { return true }
        let words = text.split { $0.isWhitespace }.map(String.init)
        guard word.contains(where: \.isNumber), let place = words.firstIndex(of: word) else { return false }
        return words[max(0, place - 2)..<min(words.count, place + 3)].contains(where: isCalendar)
    }

    private static func isCalendar(_ word: String) -> Bool {
        let letters = word.filter(\.isLetter).lowercased()
        let long = ["day", "ary", "ber", "ch", "il", "ust", "ne", "ly"]
        return calendar.contains {
            letters == $0 || letters.hasPrefix($0) && long.contains(where: letters.hasSuffix)
        }
    }

    /// Ten digits of seconds or thirteen of milliseconds, as they are from 2001 to 2286.
    private static func isMoment(_ word: String) -> Bool {
        let digits = word.drop { !$0.isNumber }.prefix(while: \.isNumber)
        return (digits.count == 10 || digits.count == 13) && digits.first != "0"
    }

    /// Eight characters or more of letters and digits together.
    private static func isID(_ word: String) -> Bool {
        let run = word.split { !$0.isLetter && !$0.isNumber }.max { $0.count < $1.count } ?? ""
        return run.count >= 8 && run.contains(where: \.isNumber) && run.contains(where: \.isLetter)
    }
}
