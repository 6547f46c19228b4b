import FoundationEssentials

/// The source tree, as the tests of this folder look at it.
enum Tree {
    /// The folder that holds Package.swift.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// One text file.
    struct File: Sendable, CustomStringConvertible {
        /// The path from the root.
        let path: String
        let lines: [String]

        var description: String { path }
    }

    /// Every text file of the project in a deterministic order.
    static let files: [File] = {
        let paths = FileManager.default.subpaths(root.path).filter { isText($0) && !isForeign($0) }
        return paths.sorted().compactMap { path in
            guard let data = FileManager.default.contents(atPath: root.path + "/" + path) else { return nil }
            let text = String(decoding: data, as: UTF8.self)
            return File(
                path: path,
                lines: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
        }
    }()

    /// The Swift files among them.
    static let swift = files.filter { $0.path.hasSuffix(".swift") }

    private static func isText(_ path: String) -> Bool {
        let endings = [
            ".swift", ".md", ".sql", ".c", ".h", ".py", ".sh", ".service", ".socket", ".toml", "Makefile",
            "/run",
        ]
        return endings.contains { path.hasSuffix($0) }
    }

    /// What is built or fetched, and the folders of tools.
    private static func isForeign(_ path: String) -> Bool {
        path.split(separator: "/").dropLast().contains {
            $0.hasPrefix(".") && $0 != ".ci" || $0 == "node_modules" || $0 == "__pycache__"
        }
    }
}

extension FileManager {
    /// The paths of all files below a folder, hidden folders left out.
    fileprivate func subpaths(_ folder: String) -> [String] {
        let names = (try? contentsOfDirectory(atPath: folder)) ?? []
        return names.flatMap { name -> [String] in
            if name.hasPrefix(".") && name != ".ci" { return [] }
            var isFolder: Bool = false
            _ = fileExists(atPath: folder + "/" + name, isDirectory: &isFolder)
            return isFolder ? subpaths(folder + "/" + name).map { name + "/" + $0 } : [name]
        }
    }
}
