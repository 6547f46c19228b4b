@preconcurrency import Glibc
import Sidestep
import SidestepHost

/// A command that is started once for every line.
///
/// Its words and its environment are bytes, and are laid out once: thousands are started in a second.
struct LineProgram {
    private let words: [[UInt8]]
    /// Where it is, when that is the same for every line.
    private let path: [CChar]?
    /// What of our own environment it is given as it is.
    private let inherited: [UnsafeMutablePointer<CChar>?]
    private let nowhere: Int32

    /// What stands for the line in a word.
    private static let hole = Array("{}".utf8)

    /// - Parameters:
    ///   - words: the command; where none has `{}`, the line is its last argument.
    ///   - replaced: variables that each start sets.
    init(_ words: [[UInt8]], replaced: [String]) {
        let isHoled = words.contains { Self.holes(of: $0) > 0 }
        self.words = isHoled ? words : words + [Self.hole]
        path = Self.holes(of: words[0]) == 0 ? Self.find(words[0]) : nil
        inherited = Self.environment(without: replaced)
        nowhere = open("/dev/null", O_RDONLY | O_CLOEXEC)
    }

    /// The command's name, for messages.
    var name: String { String(decoding: words[0], as: UTF8.self) }

    /// Starts the command for a line, with its output in a descriptor; standard input is empty.
    func start(_ line: [UInt8], _ variables: [(String, String)], output: Int32) -> (
        child: ChildProcess?, problem: Int32
    ) {
        let arguments = words.map { Self.filled($0, line) }
        let added = variables.map { Array("\($0.0)=\($0.1)".utf8) }
        return ByteStrings.with(arguments) { vector in
            ByteStrings.with(added, after: inherited) { environment in
                let streams: [Int32: ChildProcess.Stream] = [
                    0: nowhere < 0 ? .nowhere : .descriptor(nowhere), 1: .descriptor(output),
                ]
                let start = { (path: UnsafePointer<CChar>) in
                    ChildProcess.start(path, vector, environment, streams: streams)
                }
                return path?.withUnsafeBufferPointer { start($0.baseAddress!) } ?? start(vector[0]!)
            }
        }
    }

    private static func holes(of word: [UInt8]) -> Int {
        word.indices.dropLast().count { word[$0...].starts(with: hole) }
    }

    private static func filled(_ word: [UInt8], _ line: [UInt8]) -> [UInt8] {
        guard holes(of: word) > 0 else { return word }
        var (result, rest) = ([UInt8](), word[...])
        while let first = rest.first {
            let isHole = rest.starts(with: hole)
            if isHole { result += line } else { result.append(first) }
            rest = rest.dropFirst(isHole ? hole.count : 1)
        }
        return result
    }

    /// Where a command without a slash is on the path; nil leaves the search to each start.
    private static func find(_ word: [UInt8]) -> [CChar]? {
        guard !word.contains(UInt8(ascii: "/")), let path = getenv("PATH") else { return nil }
        for folder in String(cString: path).split(separator: ":") {
            let file = Array(folder.utf8) + [UInt8(ascii: "/")] + word + [0]
            let text = file.map { CChar(bitPattern: $0) }
            if access(text, X_OK) == 0 { return text }
        }
        return nil
    }

    private static func environment(without names: [String]) -> [UnsafeMutablePointer<CChar>?] {
        var (kept, entry) = ([UnsafeMutablePointer<CChar>?](), environ)
        while let text = entry.pointee {
            if !names.contains(where: { strncmp(text, "\($0)=", $0.utf8.count + 1) == 0 }) {
                kept.append(text)
            }
            entry += 1
        }
        return kept
    }
}

/// Arrays of C strings that are any bytes, in one piece of memory.
enum ByteStrings {
    /// Calls `body` with the strings, and NULL at the end.
    static func with<Result>(
        _ texts: [[UInt8]], after first: [UnsafeMutablePointer<CChar>?] = [],
        _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var bytes: [CChar] = []
        bytes.reserveCapacity(texts.reduce(0) { $0 + $1.count + 1 })
        for text in texts {
            bytes.append(contentsOf: text.lazy.map { CChar(bitPattern: $0) })
            bytes.append(0)
        }
        return bytes.withUnsafeMutableBufferPointer { bytes in
            var (vector, place) = (first, 0)
            for text in texts {
                vector.append(bytes.baseAddress! + place)
                place += text.count + 1
            }
            return (vector + [nil]).withUnsafeBufferPointer { body($0.baseAddress!) }
        }
    }
}
