import ArgumentParser

/// Prints the completions of a shell.
struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Print the completions of commands, options, runs, steps and workflows for a shell.",
        discussion: """
              sidestep completions bash >~/.local/share/bash-completion/completions/sidestep
              sidestep completions zsh >~/.zfunc/_sidestep
              sidestep completions fish >~/.config/fish/completions/sidestep.fish

            Names of runs, steps and workflows are asked of the daemon, if one runs.
            """)

    enum Shell: String, ExpressibleByArgument, CaseIterable { case bash, zsh, fish }

    @Argument(help: "The shell.")
    var shell: Shell
    /// A line that is being typed: its completions are printed, a word and its meaning in each line.
    @Option(help: .hidden) var line: String?
    /// The part of its last word that the shell takes for the word.
    @Option(parsing: .unconditional, help: .hidden) var word: String?

    func run() {
        guard let line else {
            let scripts: [Shell: String] = [
                .bash: ShellScripts.bash, .zsh: ShellScripts.zsh, .fish: ShellScripts.fish,
            ]
            return Output.line(scripts[shell] ?? "")
        }
        guard let table = CommandTable.read() else { return }
        let typed = TypedLine(line)
        let offer = Completion(table).offer(after: Array(typed.words.dropFirst()), typed.last)
        print(KnownNames.candidates(for: offer, typed.last), typed.last)
    }

    private func print(_ candidates: [Completion.Candidate], _ prefix: String) {
        // Of `a:b` bash takes `b` for the word, and puts the completion in its place.
        let cut = word.map { prefix.hasSuffix($0) ? prefix.count - $0.count : 0 } ?? 0
        var seen: Set<String> = []
        for candidate in candidates
        where candidate.word.hasPrefix(prefix) && seen.insert(candidate.word).inserted {
            // A completion is one line.
            guard !candidate.word.contains(where: \.isNewline) else { continue }
            Output.line("\(candidate.word.dropFirst(cut))\t\(candidate.meaning)")
        }
    }
}
