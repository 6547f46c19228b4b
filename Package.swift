// swift-tools-version: 6.2
import PackageDescription

/// Every target of the house: Swift 6, no warning left standing, visible imports, `any` spelled out.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "sidestep",
    products: [
        .executable(name: "sidestepd", targets: ["sidestepd"]),
        .executable(name: "sidestep", targets: ["sidestep"]),
        .library(name: "Sidestep", targets: ["Sidestep"]),
        .library(name: "SidestepLifecycle", targets: ["SidestepLifecycle"]),
        .library(name: "SidestepMetrics", targets: ["SidestepMetrics"]),
        .library(name: "SidestepTracing", targets: ["SidestepTracing"]),
        .library(name: "SidestepTesting", targets: ["SidestepTesting"]),
        .library(name: "SidestepProtocol", targets: ["SidestepProtocol"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.9.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
    ],
    targets: [
        // System libraries and C shims: module maps and inline functions, nothing else.
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        // Headers alone: the library is loaded when the first request is sent.
        .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(name: "CShims"),
        .target(name: "CCurlShims", dependencies: ["CCurl"]),

        // Pure.
        .target(name: "SidestepModel", swiftSettings: strict),
        .target(name: "SidestepProtocol", dependencies: ["SidestepModel"], swiftSettings: strict),
        .target(name: "SidestepSettings", dependencies: ["SidestepModel"], swiftSettings: strict),

        // The C library under one name, and what systems do differently.
        .target(name: "SidestepLibC", swiftSettings: strict),

        // What daemon and clients have to agree about on one host.
        .target(name: "SidestepPlaces", dependencies: ["SidestepLibC"], swiftSettings: strict),

        .target(
            name: "SidestepHash", dependencies: [.product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),

        // What a recorder of calls to models goes by.
        .target(
            name: "SidestepRecording", dependencies: ["SidestepProtocol", "SidestepModel", "SidestepHash"],
            swiftSettings: strict),

        // What talks to the kernel.
        .target(name: "SidestepHost", dependencies: ["SidestepModel", "CShims"], swiftSettings: strict),

        // What a folder held, kept and set back.
        .target(
            name: "SidestepWorkspace", dependencies: ["SidestepHash", "CShims"], swiftSettings: strict),

        // Store.
        .target(name: "SidestepStore", dependencies: ["SidestepModel"], swiftSettings: strict),
        .target(
            name: "SidestepSQLite",
            dependencies: [
                "SidestepStore", "SidestepModel", "SidestepHost", "SidestepHash", "CSQLite", "CShims",
            ],
            resources: [.embedInCode("SQL")],
            swiftSettings: strict),

        // Core.
        .target(
            name: "SidestepEngine",
            dependencies: ["SidestepStore", "SidestepModel", "SidestepProtocol", "SidestepHash", logging],
            swiftSettings: strict),

        // Edge.
        .target(
            name: "SidestepHTTPClient",
            dependencies: [
                "SidestepModel", "SidestepProtocol", "SidestepHost", "SidestepHash", "CCurl", "CCurlShims",
                "CShims", .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(
            name: "SidestepExecutors",
            dependencies: [
                "SidestepEngine", "SidestepHTTPClient", "SidestepModel", "SidestepProtocol", "SidestepHost",
                "SidestepHash", "CShims",
            ],
            swiftSettings: strict),
        .target(
            name: "SidestepServer",
            dependencies: [
                "SidestepEngine", "SidestepStore", "SidestepProtocol", "SidestepModel", "SidestepHost",
                "CShims",
                logging,
            ] + nio,
            swiftSettings: strict),

        // The recorder of `sidestep run --record`: a client of the daemon, as its user.
        .target(
            name: "SidestepRecorder",
            dependencies: [
                "Sidestep", "SidestepRecording", "SidestepHTTPClient", "SidestepProtocol", "SidestepModel",
                "SidestepHost", "SidestepHash", "CShims",
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ] + nio,
            swiftSettings: strict),

        // The page of `sidestep ui`: a client of the daemon, as its user.
        .target(
            name: "SidestepPage",
            dependencies: [
                "Sidestep", "SidestepProtocol", "SidestepModel", "SidestepPlaces", "SidestepHost",
                "SidestepHash", "CShims", .product(name: "NIOHTTP1", package: "swift-nio"),
            ] + nio,
            resources: [.embedInCode("Page")],
            swiftSettings: strict),

        // Composition and executables.
        .target(
            name: "SidestepDaemon",
            dependencies: [
                "SidestepServer", "SidestepExecutors", "SidestepHTTPClient", "SidestepSQLite",
                "SidestepStore", "SidestepEngine",
                "SidestepSettings", "SidestepPlaces", "SidestepHost", "SidestepModel", "CShims", "CSystemd",
                logging,
            ] + nio,
            swiftSettings: strict),
        .executableTarget(
            name: "sidestepd", dependencies: ["SidestepDaemon", "SidestepHost", arguments],
            swiftSettings: strict),
        .executableTarget(
            name: "sidestep",
            dependencies: [
                "Sidestep", "SidestepRecorder", "SidestepRecording", "SidestepPage", "SidestepHTTPClient",
                "SidestepProtocol",
                "SidestepModel", "SidestepHost", "SidestepPlaces", "SidestepWorkspace", "CShims", arguments,
            ],
            swiftSettings: strict
        ),

        .executableTarget(
            name: "sidestep-generate",
            dependencies: ["SidestepProtocol", "SidestepModel", "SidestepSettings"],
            swiftSettings: strict),

        // The Swift client.
        .target(
            name: "Sidestep",
            dependencies: ["SidestepProtocol", "SidestepModel", "SidestepPlaces", "SidestepLibC"],
            path: "clients/swift/Sources/Sidestep", swiftSettings: strict),
        .target(
            name: "SidestepLifecycle",
            dependencies: [
                "Sidestep", logging,
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            path: "clients/swift/Sources/SidestepLifecycle", swiftSettings: strict),
        .target(
            name: "SidestepMetrics",
            dependencies: ["Sidestep", .product(name: "Metrics", package: "swift-metrics")],
            path: "clients/swift/Sources/SidestepMetrics", swiftSettings: strict),
        .target(
            name: "SidestepTracing",
            dependencies: ["Sidestep", .product(name: "Tracing", package: "swift-distributed-tracing")],
            path: "clients/swift/Sources/SidestepTracing", swiftSettings: strict),
        .target(
            name: "SidestepTesting", dependencies: ["Sidestep", "SidestepProtocol", "SidestepLibC"],
            path: "clients/swift/Sources/SidestepTesting", swiftSettings: strict),
        .executableTarget(
            name: "sidestep-parity",
            dependencies: ["Sidestep", "SidestepProtocol", "SidestepLibC", arguments],
            path: "clients/swift/Sources/SidestepParity", swiftSettings: strict),
        .executableTarget(
            name: "sidestep-example-files", dependencies: ["Sidestep"], path: "examples/swift",
            exclude: ["orders"], swiftSettings: strict),
        .executableTarget(
            name: "sidestep-example-orders", dependencies: ["Sidestep"], path: "examples/swift/orders",
            swiftSettings: strict),

        // Clients at work, for the tests on a real systemd.
        .executableTarget(
            name: "sidestep-load", dependencies: ["Sidestep"], path: "Tests/BlackBox/Systemd/SwiftLoad",
            swiftSettings: strict),

        // The random programs of Tests/Campaigns/Swift.
        .executableTarget(
            name: "sidestep-campaign", dependencies: ["Sidestep"], path: "Tests/Campaigns/Swift/Program",
            swiftSettings: strict),

        // A program with large values, whose memory is looked at by the tests.
        .executableTarget(
            name: "sidestep-large", dependencies: ["Sidestep", "SidestepPlaces"],
            path: "clients/swift/Tests/Large", swiftSettings: strict),

        // Steps as fast as they go, beside those of benchmarks/load.c.
        .executableTarget(
            name: "sidestep-steps", dependencies: ["Sidestep"], path: "benchmarks/swift", exclude: ["run"],
            swiftSettings: strict),

        // Tests.
        .testTarget(
            name: "SidestepTests",
            dependencies: [
                "Sidestep", "SidestepLifecycle", "SidestepMetrics", "SidestepTracing", "SidestepTesting",
                "SidestepProtocol", "SidestepPlaces", logging,
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
            ],
            path: "clients/swift/Tests/SidestepTests", swiftSettings: strict),
        .testTarget(
            name: "SidestepProtocolTests", dependencies: ["SidestepProtocol", "SidestepModel"],
            path: "Tests/Modules/SidestepProtocolTests", swiftSettings: strict),
        .testTarget(
            name: "TidyTests", dependencies: ["SidestepProtocol", "SidestepModel"],
            path: "Tests/Modules/Tidy",
            swiftSettings: strict),

        // Tests of the engine: real SQLite, time by hand.
        .target(
            name: "TestSupport",
            dependencies: ["SidestepEngine", "SidestepSQLite", "SidestepStore", "SidestepModel"],
            path: "Tests/Modules/Support", swiftSettings: strict),
        .testTarget(
            name: "SidestepSettingsTests", dependencies: ["SidestepSettings", "SidestepModel"],
            path: "Tests/Modules/SidestepSettingsTests", swiftSettings: strict),
        .testTarget(
            name: "SidestepPlacesTests", dependencies: ["SidestepPlaces"],
            path: "Tests/Modules/SidestepPlacesTests", swiftSettings: strict),
        .testTarget(
            name: "SidestepWorkspaceTests", dependencies: ["SidestepWorkspace"],
            path: "Tests/Modules/SidestepWorkspaceTests", swiftSettings: strict),
        .testTarget(
            name: "SidestepModelTests", dependencies: ["SidestepModel"],
            path: "Tests/Modules/SidestepModelTests", exclude: ["Zones"],
            swiftSettings: strict),
        .testTarget(
            name: "SidestepRecordingTests",
            dependencies: ["SidestepRecording", "SidestepProtocol", "SidestepModel"],
            path: "Tests/Modules/SidestepRecordingTests", swiftSettings: strict),
        .testTarget(
            name: "SidestepPageTests",
            dependencies: [
                "SidestepPage", "SidestepProtocol", .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            path: "Tests/Modules/SidestepPageTests", swiftSettings: strict),
        .testTarget(
            name: "SidestepHostTests", dependencies: ["SidestepHost", "SidestepModel"],
            path: "Tests/Modules/SidestepHostTests", swiftSettings: strict),
        .testTarget(
            name: "SidestepSQLiteTests",
            dependencies: [
                "TestSupport", "SidestepSQLite", "SidestepStore", "SidestepHost", "SidestepModel", "CSQLite",
            ],
            path: "Tests/Modules/SidestepSQLiteTests", swiftSettings: strict),
        // What any store promises; SIDESTEP_TEST_DATABASE names one.
        .testTarget(
            name: "StoreConformanceTests", dependencies: ["TestSupport", "SidestepStore", "SidestepModel"],
            path: "Tests/Modules/StoreConformance", swiftSettings: strict),
        .testTarget(
            name: "SidestepEngineTests",
            dependencies: [
                "TestSupport", "SidestepEngine", "SidestepSQLite", "SidestepStore", "SidestepModel",
                "SidestepProtocol",
            ],
            path: "Tests/Modules/SidestepEngineTests", swiftSettings: strict),
        // Rules of the executors, without I/O; what they do is tested on a daemon, in Tests/BlackBox/Daemon.
        .testTarget(
            name: "SidestepExecutorsTests",
            dependencies: [
                "SidestepExecutors", "SidestepHTTPClient", "SidestepEngine", "SidestepModel",
                "SidestepProtocol",
            ],
            path: "Tests/Modules/SidestepExecutorsTests", swiftSettings: strict),
        .testTarget(
            name: "SidestepServerTests",
            dependencies: [
                "TestSupport", "SidestepServer", "SidestepDaemon", "SidestepSQLite", "SidestepEngine",
                "SidestepProtocol",
                "SidestepModel", logging,
            ] + nio,
            path: "Tests/Modules/SidestepServerTests", swiftSettings: strict),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "TestSupport", "SidestepEngine", "SidestepStore", "SidestepModel", "SidestepProtocol",
            ],
            path: "Tests/Campaigns/Simulation", swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
