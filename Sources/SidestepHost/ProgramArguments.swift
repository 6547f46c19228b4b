import CShims

/// The words that this program was started with.
public enum ProgramArguments {
    /// All but its name, as the C library was given them.
    ///
    /// Not `CommandLine.arguments`: Swift reads them from /proc/self/cmdline, and has none where that is not mounted.
    /// The program would go on with its defaults, and somebody else's files.
    public static var all: [String] {
        var found: [String] = []
        while let text = shim_argument(Int32(found.count) + 1) { found.append(String(cString: text)) }
        return found
    }
}
