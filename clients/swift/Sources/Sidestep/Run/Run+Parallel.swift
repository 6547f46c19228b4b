extension Run {
    /// Runs a step for each element, at the same time; each is the step `name:KEY`.
    ///
    ///     let pages = try await run.parallel("fetch", over: urls, id: \.absoluteString) { try await fetch($0) }
    ///
    /// A replay finds each by its key, in whatever order they end, and whatever elements came or went.
    ///
    /// - Parameters:
    ///   - name: what the steps have in common.
    ///   - key: names the element among the others, the same in every execution. It stands in the journal.
    ///   - width: how many run at the same time; nil runs all of them.
    /// - Returns: the outputs in the order of the elements.
    /// - Throws: what the first step throws that fails; the others are cancelled then. `invalidArgument` when two
    ///   elements have one key.
    public func parallel<Elements: Collection, Output: Codable & Sendable>(
        _ name: String, over elements: Elements, id key: (Elements.Element) -> String,
        atMost width: Int? = nil, options: StepOptions = StepOptions(),
        _ body: @escaping @Sendable (Elements.Element) async throws -> Output
    ) async throws -> [Output] where Elements.Element: Sendable {
        let elements = Array(elements)
        let names = try StepNames.keyed(name, elements.map(key), run: id)
        return try await withThrowingTaskGroup(of: (Int, Output).self) { group in
            var outputs = [Output?](repeating: nil, count: elements.count)
            var begun = 0
            func begin() {
                guard begun < elements.count else { return }
                let (index, element) = (begun, elements[begun])
                begun += 1
                group.addTask {
                    (index, try await self.step(names[index], options: options) { try await body(element) })
                }
            }
            for _ in 0..<max(1, width ?? elements.count) { begin() }
            for try await (index, output) in group {
                outputs[index] = output
                begin()
            }
            return outputs.map { $0! }
        }
    }
}

extension StepNames {
    /// The names of steps that are told apart by keys. A "/" is the path of nesting, so that of a key is written `%2F`.
    ///
    /// - Throws: `SidestepError` of kind `invalidArgument` when two keys are the same.
    static func keyed(_ name: String, _ keys: [String], run: String) throws -> [String] {
        var known: Set<String> = []
        return try keys.map { key in
            guard known.insert(key).inserted else {
                throw SidestepError(
                    .invalidArgument, "two elements of '\(name)' have the key '\(key)'", run: run,
                    hint: "give each element a key of its own: that is how a replay finds its record")
            }
            return "\(name):\(escaped(key))"
        }
    }

    private static func escaped(_ key: String) -> String {
        guard key.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "%") }) else {
            return key
        }
        return key.unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "/": text += "%2F"
            case "%": text += "%25"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }

    /// Refuses a name that no step may have, before anything is executed under it.
    static func check(_ name: String, run: String) throws {
        let problem: String? =
            if name.isEmpty { "it is empty" } else if name.utf8.contains(UInt8(ascii: "/")) {
                "'/' is the path of a step within a step"
            } else if name.utf8.contains(0) { "it holds a NUL" } else { nil }
        guard let problem else { return }
        throw SidestepError(
            .invalidArgument, "'\(name)' is no name of a step: \(problem)", run: run,
            hint:
                "name the step without it; what it is called with goes to `with:`, or to the key of `parallel`"
        )
    }
}
