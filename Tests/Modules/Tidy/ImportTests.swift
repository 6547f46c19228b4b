import Testing

/// The directions of imports: what each target may see of the others and of the outside.
@Suite("Imports")
struct ImportTests {
    static let allowed: [String: Set<String>] = [
        "SidestepModel": [],
        "SidestepHash": ["Crypto"],
        "SidestepSettings": ["SidestepModel"],
        "SidestepPlaces": [],
        "SidestepProtocol": ["SidestepModel"],
        "SidestepHost": ["SidestepModel", "CShims"],
        "SidestepStore": ["SidestepModel"],
        "SidestepSQLite": [
            "SidestepStore", "SidestepModel", "SidestepHost", "SidestepHash", "CSQLite", "CShims",
        ],
        "SidestepEngine": ["SidestepStore", "SidestepModel", "SidestepProtocol", "SidestepHash", "Logging"],
        "SidestepServer": [
            "SidestepEngine", "SidestepStore", "SidestepProtocol", "SidestepModel", "SidestepHost", "CShims",
            "Logging", "NIOCore",
            "NIOPosix",
        ],
        "SidestepExecutors": [
            "SidestepEngine", "SidestepProtocol", "SidestepModel", "SidestepHost", "SidestepHash", "CCurl",
            "CCurlShims", "CShims", "NIOConcurrencyHelpers", "Subprocess", "SystemPackage",
        ],
        "SidestepDaemon": [
            "SidestepExecutors",
            "SidestepServer", "SidestepSQLite", "SidestepEngine", "SidestepStore", "SidestepProtocol",
            "SidestepModel", "SidestepHost", "SidestepSettings", "SidestepPlaces",
            "CSystemd", "CShims", "Logging", "NIOCore", "NIOPosix",
        ],
        "sidestepd": ["SidestepDaemon", "SidestepHost", "SidestepModel", "ArgumentParser"],
        "sidestep": [
            "Sidestep", "SidestepProtocol", "SidestepModel", "SidestepHost", "CShims", "ArgumentParser",
        ],
        "sidestep-generate": ["SidestepProtocol", "SidestepModel", "SidestepSettings"],
        "Sidestep": ["SidestepProtocol", "SidestepModel", "SidestepPlaces"],
        "SidestepLifecycle": ["Sidestep", "ServiceLifecycle", "Logging"],
        "SidestepTesting": ["Sidestep", "SidestepProtocol"],
        "SidestepParity": ["Sidestep", "SidestepProtocol", "SidestepModel", "ArgumentParser"],
    ]
    /// Every target may use the C library and the small half of Foundation; none may use the large half.
    static let system: Set<String> = ["Glibc", "Synchronization", "FoundationEssentials"]

    @Test("point downwards only")
    func directions() {
        let wrong = Self.imports.filter {
            !(Self.allowed[$0.target] ?? []).union(Self.system).contains($0.module)
        }
        #expect(wrong.isEmpty)
    }

    @Test("know every target")
    func targets() {
        #expect(Set(Self.imports.map(\.target)).subtracting(Self.allowed.keys).isEmpty)
    }

    @Test("leave the wire module free of any Foundation")
    func pure() {
        let foundation = Self.imports.filter {
            ["SidestepModel", "SidestepProtocol", "SidestepSettings"].contains($0.target)
        }
        .filter { $0.module.hasPrefix("Foundation") }
        #expect(foundation.isEmpty)
    }

    struct Import: CustomStringConvertible {
        let path: String
        let target: String
        let module: String
        var description: String { "\(path) imports \(module)" }
    }

    static let imports: [Import] = Tree.swift.flatMap { file -> [Import] in
        guard let target = target(of: file.path) else { return [] }
        return file.lines.compactMap(module).map { Import(path: file.path, target: target, module: $0) }
    }

    private static func target(of path: String) -> String? {
        let parts = path.split(separator: "/").map(String.init)
        if parts.first == "Sources" { return parts[1] }
        return path.hasPrefix("clients/swift/Sources/") ? parts[3] : nil
    }

    private static func module(_ line: String) -> String? {
        guard !line.hasPrefix(" ") else { return nil }
        let words = line.split(separator: " ").map(String.init)
        guard let place = words.firstIndex(of: "import"), words[..<place].allSatisfy(isModifier) else {
            return nil
        }
        let kinds: Set<String> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
        let name = words[(place + 1)...].first { !kinds.contains($0) }
        return name?.split(separator: ".").first.map(String.init)
    }

    private static func isModifier(_ word: String) -> Bool {
        word.hasPrefix("@") || ["public", "package", "internal", "private", "fileprivate"].contains(word)
    }
}
