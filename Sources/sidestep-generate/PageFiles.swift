import FoundationEssentials

/// The files of the page by name: what is embedded in a program has names of its own, and no list.
enum PageFiles {
    static func text(of folder: String) throws -> String {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }
        let lines = names.sorted().map { "        (\"\($0)\", PackageResources.\(constant($0)))," }
        return """
            // Made by `make generate` of the folder Page; do not edit.

            /// The files of the page.
            enum PageFiles {
                // swift-format-ignore
                static let all: [(name: String, bytes: [UInt8])] = [
            \(lines.joined(separator: "\n"))
                ]
            }

            """
    }

    /// What the build calls the bytes of a file.
    private static func constant(_ name: String) -> String {
        String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }
}
