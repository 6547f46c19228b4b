import Testing

/// The directions of imports: what each target may see of the others and of the outside.
@Suite("Imports")
struct ImportTests {
    static let allowed: [String: Set<String>] = [
        "SidestepModel": [],
        "SidestepHash": ["Crypto"],
        "SidestepSettings": ["SidestepModel"],
        "SidestepLibC": ["Musl", "Darwin"],
        "SidestepPlaces": ["SidestepLibC"],
        "SidestepProtocol": ["SidestepModel"],
        "SidestepRecording": ["SidestepProtocol", "SidestepModel", "SidestepHash"],
        "SidestepHost": ["SidestepModel", "CShims"],
        "SidestepWorkspace": ["SidestepHash", "CShims"],
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
            "SidestepEngine", "SidestepHTTPClient", "SidestepProtocol", "SidestepModel", "SidestepHost",
            "SidestepHash", "CShims", "NIOConcurrencyHelpers",
        ],
        "SidestepHTTPClient": [
            "SidestepHash", "SidestepProtocol", "SidestepModel", "SidestepHost", "CCurl", "CCurlShims",
            "CShims", "NIOConcurrencyHelpers",
        ],
        "SidestepRecorder": [
            "SidestepHash", "Sidestep", "SidestepRecording", "SidestepHTTPClient", "SidestepProtocol",
            "SidestepModel",
            "SidestepHost", "CShims", "NIOConcurrencyHelpers", "NIOCore", "NIOHTTP1", "NIOPosix",
        ],
        "SidestepPage": [
            "SidestepHash", "Sidestep", "SidestepProtocol", "SidestepModel", "SidestepPlaces", "SidestepHost",
            "CShims", "NIOCore", "NIOHTTP1", "NIOPosix",
        ],
        "SidestepDaemon": [
            "SidestepExecutors", "SidestepHTTPClient",
            "SidestepServer", "SidestepSQLite", "SidestepEngine", "SidestepStore", "SidestepProtocol",
            "SidestepModel", "SidestepHost", "SidestepSettings", "SidestepPlaces",
            "CSystemd", "CShims", "Logging", "NIOCore", "NIOPosix",
        ],
        "sidestepd": ["SidestepDaemon", "SidestepHost", "SidestepModel", "ArgumentParser"],
        "sidestep": [
            "Sidestep", "SidestepRecorder", "SidestepRecording", "SidestepPage", "SidestepHTTPClient",
            "SidestepProtocol",
            "SidestepModel", "SidestepHost", "SidestepPlaces", "SidestepWorkspace", "CShims",
            "ArgumentParser",
        ],
        "sidestep-generate": ["SidestepProtocol", "SidestepModel", "SidestepSettings"],
        "Sidestep": ["SidestepProtocol", "SidestepModel", "SidestepPlaces", "SidestepLibC"],
        "SidestepLifecycle": ["Sidestep", "ServiceLifecycle", "Logging"],
        "SidestepMetrics": ["Sidestep", "Metrics"],
        "SidestepTracing": ["Sidestep", "Tracing"],
        "SidestepTesting": ["Sidestep", "SidestepProtocol", "SidestepLibC"],
        "SidestepParity": [
            "Sidestep", "SidestepProtocol", "SidestepModel", "SidestepLibC", "ArgumentParser",
        ],
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
            ["SidestepModel", "SidestepProtocol", "SidestepSettings", "SidestepRecording"].contains($0.target)
        }
        .filter { $0.module.hasPrefix("Foundation") }
        #expect(foundation.isEmpty)
    }

    @Test("name the C library in one file of what the client is made of")
    func library() {
        let files = Tree.swift.filter { file in
            guard let target = Self.target(of: file.path), Self.clients.contains(target) else { return false }
            return file.lines.contains { line in
                ["import Glibc", "import Musl", "import Darwin"].contains { line.hasSuffix($0) }
            }
        }
        #expect(files.map(\.path) == ["Sources/SidestepLibC/LibC.swift"])
    }

    /// What the Swift client is made of.
    private static let clients: Set<String> = [
        "Sidestep", "SidestepLifecycle", "SidestepMetrics", "SidestepTracing", "SidestepTesting",
        "SidestepParity", "SidestepLibC", "SidestepPlaces", "SidestepProtocol", "SidestepModel",
    ]

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
