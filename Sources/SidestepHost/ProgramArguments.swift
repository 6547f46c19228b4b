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

    /// Where this program is, to be started again: as the kernel knows it, or as we were called where it
    /// does not tell.
    public static var executable: String {
        let known = "/proc/self/exe"
        return access(known, X_OK) == 0 ? known : shim_arguments()[0].map { String(cString: $0) } ?? known
    }
}
