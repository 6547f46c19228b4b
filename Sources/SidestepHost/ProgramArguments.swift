import CShims
import Glibc

/// The words that this program was started with.
public enum ProgramArguments {
    /// All but its name, as the C library was given them.
    ///
    /// Not `CommandLine.arguments`: Swift reads them from /proc/self/cmdline, and has none where that is
    /// not mounted. The program would go on with its defaults, and somebody else's files.
    public static var all: [String] {
        (1..<max(1, Int(shim_argument_count()))).compactMap {
            shim_arguments()[$0].map { String(cString: $0) }
        }
    }

    /// The first argument that is no UTF-8: before `--`, where the words of another program begin, or of all.
    public static func unreadable(ofAll: Bool = false) -> String? {
        var index = 1
        while index < Int(shim_argument_count()), let text = shim_arguments()[index] {
            let argument = String(cString: text)
            if argument == "--" && !ofAll { return nil }
            if String(validatingCString: text) == nil { return argument }
            index += 1
        }
        return nil
    }

    /// The bytes of our last arguments, which are the words of another program.
    public static func bytes(ofLast count: Int) -> [[UInt8]] {
        let end = Int(shim_argument_count())
        return (max(0, end - count)..<end).compactMap { index in
            shim_arguments()[index].map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
        }
    }

    /// Calls `body` with C strings for words that another program gets, the last of which are our own last
    /// arguments.
    ///
    /// An argument of ours that is no UTF-8 is handed on as the bytes that it is.
    public static func withCStrings<Result>(
        _ words: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        let offset = Int(shim_argument_count()) - words.count
        let vector: [UnsafeMutablePointer<CChar>?] = words.enumerated().map { index, word in
            guard offset + index > 0, let own = shim_arguments()[offset + index],
                String(validatingCString: own) == nil, String(cString: own) == word
            else { return strdup(word) }
            return strdup(own)
        }
        defer { vector.forEach { free($0) } }
        return (vector + [nil]).withUnsafeBufferPointer { body($0.baseAddress!) }
    }

    /// Where this program is, to be started again: as the kernel knows it, or as we were called where it
    /// does not tell.
    public static var executable: String {
        let known = "/proc/self/exe"
        return access(known, X_OK) == 0 ? known : shim_arguments()[0].map { String(cString: $0) } ?? known
    }
}
