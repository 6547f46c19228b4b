import Glibc

/// A terminal that takes keys one by one and shows a whole screen: termios(3), and ECMA-48's sequences.
final class TopTerminal {
    private var modes = termios()
    private var isRaw = false

    /// nil where standard input or output is no terminal.
    init?() {
        guard isatty(0) == 1, isatty(1) == 1, tcgetattr(0, &modes) == 0 else { return nil }
    }

    /// From now on keys come as they are pressed, and the screen is ours.
    func take() {
        var raw = modes
        raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
        tcsetattr(0, TCSADRAIN, &raw)
        isRaw = true
        Output.write("\u{1B}[?1049h\u{1B}[?25l".utf8, to: 1)
    }

    /// Gives the terminal back as it was.
    func giveBack() {
        guard isRaw else { return }
        isRaw = false
        Output.write("\u{1B}[?25h\u{1B}[?1049l".utf8, to: 1)
        tcsetattr(0, TCSADRAIN, &modes)
    }

    /// Draws all lines over what was there, in one write.
    func draw(_ lines: [String]) {
        Output.write(("\u{1B}[H" + lines.joined(separator: "\u{1B}[K\r\n") + "\u{1B}[K\u{1B}[J").utf8, to: 1)
    }

    /// What was pressed; nil at the end of the input.
    func keys() -> [TopKey]? {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(0, &bytes, bytes.count)
        return count > 0 ? TopKey.all(in: bytes.prefix(count)) : nil
    }
}

/// A key, or what an escape sequence of one says.
enum TopKey: Equatable {
    case letter(Character)
    case up, down, enter, escape

    /// The keys in what a terminal sent at once.
    static func all(in bytes: ArraySlice<UInt8>) -> [TopKey] {
        var keys: [TopKey] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            switch byte {
            case 0x1B: keys.append(sequence(&rest))
            case 10, 13: keys.append(.enter)
            case 32..<127: keys.append(.letter(Character(Unicode.Scalar(byte))))
            default: break
            }
        }
        return keys
    }

    /// What follows an escape: `[A`, `OA` and the like, else the key itself.
    private static func sequence(_ rest: inout ArraySlice<UInt8>) -> TopKey {
        guard let first = rest.first, first == UInt8(ascii: "[") || first == UInt8(ascii: "O") else {
            return .escape
        }
        rest = rest.dropFirst()
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "A") { return .up }
            if byte == UInt8(ascii: "B") { return .down }
            if (0x40...0x7E).contains(byte) { break }
        }
        return .letter("\0")
    }
}
