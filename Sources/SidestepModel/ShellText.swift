/// Text for a POSIX shell.
public enum ShellText {
    /// One word, whatever it holds.
    public static func word(_ text: String) -> String {
        guard text.isEmpty || !text.utf8.allSatisfy(isPlain) else { return text }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#)
            + "'"
    }

    /// A command line of this program that can be run as it stands.
    ///
    /// - Parameter options: they go first where an operand looks like one.
    public static func sidestep(_ command: String, _ operands: String..., options: [String] = []) -> String {
        sidestep(command, operands, options: options)
    }

    /// The same with the operands in a list.
    public static func sidestep(_ command: String, _ operands: [String], options: [String] = []) -> String {
        let isOdd = operands.contains { $0.hasPrefix("-") }
        return "sidestep \(command) " + line(isOdd ? options + ["--"] + operands : operands + options)
    }

    /// An option with its value, whatever that looks like.
    public static func option(_ name: String, _ value: String) -> [String] {
        value.hasPrefix("-") ? ["\(name)=\(value)"] : [name, value]
    }

    /// These words as a line.
    public static func line(_ words: [String]) -> String { words.map(word).joined(separator: " ") }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "_-./:@+=,".utf8.contains(byte)
        }
    }
}
