import ArgumentParser
import Glibc
import Sidestep

/// Files of variables for what a command starts, in the syntax of systemd's EnvironmentFile= (systemd.exec(5)).
///
/// They are read each time and never recorded: secrets stand in them.
struct EnvironmentFiles: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A file of NAME=VALUE lines for the command's environment, never recorded. May be repeated.",
            valueName: "file"))
    var envFile: [String] = []

    /// Adds the variables, later ones over earlier ones.
    func add(to environment: inout Environment) throws {
        for name in envFile {
            for (variable, value) in try EnvironmentText(read(name), name).variables() {
                environment.variables[variable] = value
            }
        }
    }

    /// Complains of a file that cannot be used, before anything is begun.
    func check() throws {
        var nothing = Environment([:])
        try add(to: &nothing)
    }

    private func read(_ name: String) throws -> [UInt8] {
        let file = open(name, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw trouble(name) }
        defer { close(file) }
        var (text, chunk) = ([UInt8](), [UInt8](repeating: 0, count: 64 << 10))
        while true {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw trouble(name) }
            if count == 0 { return text }
            text += chunk[..<count]
        }
    }

    private func trouble(_ name: String) -> SidestepError {
        SidestepError(
            .invalidArgument,
            "the file of variables \(name) cannot be read: \(String(cString: strerror(errno)))",
            hint: "--env-file names a file of NAME=VALUE lines")
    }
}

/// The text of such a file.
struct EnvironmentText {
    private let text: [UInt8]
    private let name: String
    private var place = 0
    private var line = 1

    init(_ text: [UInt8], _ name: String) { (self.text, self.name) = (text, name) }

    /// The variables in their order, or what is wrong in which line; never a value.
    consuming func variables() throws -> [(String, String)] {
        guard String(validating: text, as: UTF8.self) != nil, !text.contains(0) else {
            throw wrong("it is no UTF-8 text")
        }
        var found: [(String, String)] = []
        while true {
            skip { $0 == 32 || $0 == 9 || $0 == 10 || $0 == 13 }
            guard let first = next else { return found }
            if first == UInt8(ascii: "#") || first == UInt8(ascii: ";") {
                skip { $0 != 10 }
            } else {
                let variable = try self.variable()
                found.append((variable, try value()))
            }
        }
    }

    private var next: UInt8? { place < text.count ? text[place] : nil }

    private mutating func take() -> UInt8? {
        guard let byte = next else { return nil }
        place += 1
        if byte == 10 { line += 1 }
        return byte
    }

    private mutating func skip(while holds: (UInt8) -> Bool) { while let next, holds(next) { _ = take() } }

    /// A name and the sign after it; `export` before it is left out.
    private mutating func variable() throws -> String {
        let start = place
        skip { $0 != UInt8(ascii: "=") && $0 != 10 }
        var words = String(decoding: text[start..<place], as: UTF8.self).split { $0 == " " || $0 == "\t" }
        if words.count == 2, words[0] == "export" { words.removeFirst() }
        guard words.count == 1, next == UInt8(ascii: "="), Self.isName(words[0]) else {
            throw wrong("line \(line) is no NAME=VALUE")
        }
        _ = take()
        return String(words[0])
    }

    private static func isName(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { $0 == UInt8(ascii: "_") || Character(UnicodeScalar($0)).isASCIIWord }
            && !(text.first?.isNumber ?? true)
    }

    /// A value: quoted and unquoted parts, to the end of the line.
    private mutating func value() throws -> String {
        var (value, kept) = ([UInt8](), 0)
        skip { $0 == 32 || $0 == 9 }
        while let byte = take(), byte != 10 {
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                try quoted(byte, into: &value)
                kept = value.count
            case UInt8(ascii: "\\"):
                // Before the end of the line it goes on with the next one.
                if let escaped = take(), escaped != 10 { value.append(escaped) }
                kept = value.count
            default:
                value.append(byte)
                if byte != 32 && byte != 9 && byte != 13 { kept = value.count }
            }
        }
        // White space at the end is none of the value unless it was quoted.
        return String(decoding: value[..<kept], as: UTF8.self)
    }

    private mutating func quoted(_ quote: UInt8, into value: inout [UInt8]) throws {
        let start = line
        while let byte = take() {
            if byte == quote { return }
            guard byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\""), let escaped = take() else {
                value.append(byte)
                continue
            }
            if escaped == 10 { continue }
            if !"\"\\`$".utf8.contains(escaped) { value.append(byte) }
            value.append(escaped)
        }
        throw wrong("the quote in line \(start) has no end")
    }

    private func wrong(_ text: String) -> SidestepError {
        SidestepError(
            .invalidArgument, "the file of variables \(name) cannot be used: \(text)",
            hint: "the syntax is that of systemd's EnvironmentFile=: NAME=VALUE, NAME=\"a b\", # a comment")
    }
}

extension Character {
    fileprivate var isASCIIWord: Bool { isASCII && (isLetter || isNumber) }
}
