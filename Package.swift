// swift-tools-version: 6.2
//
// Targets in the order data flows: store, vocabulary, path, looking back, doors; then tools, tests.
// `docs/architecture.md` draws them; `Tests/TidyTests` fails on an import that the drawing lacks.

import PackageDescription

/// Every target: Swift 6 mode (from the tools version), no warning let through.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "tidemark",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "tidemark", targets: ["CLI"]),
        .executable(name: "salesforce-emulator", targets: ["salesforce-emulator"]),
        .executable(name: "profile-generator", targets: ["profile-generator"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        // Store
        .systemLibrary(
            name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"]), .brew(["lmdb"])]),
        .target(name: "LMDB", dependencies: ["CLMDB"], swiftSettings: strict),
        .systemLibrary(
            name: "CCrypto", pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CMalloc"),

        // Vocabulary: values, no input or output
        .target(name: "Events", swiftSettings: strict),
        .target(name: "Records", swiftSettings: strict),

        // Path: 1 log → 2 projection → 3 reconciliation → 4 delivery
        .target(
            name: "EventLog",
            dependencies: ["CCrypto", "Events", "LMDB"],
            swiftSettings: strict),
        .target(
            name: "Actions",
            dependencies: ["Events", "Records", .product(name: "Yams", package: "Yams")],
            swiftSettings: strict),
        .target(
            name: "Projection",
            dependencies: [
                "Actions", "EventLog", "Events", "LMDB", "Records",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(name: "Reconciliation", dependencies: ["Records"], swiftSettings: strict),
        .target(
            name: "Salesforce",
            dependencies: [
                "CZlib", "Records",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(
            name: "Delivery",
            dependencies: [
                "Actions", "EventLog", "Events", "LMDB", "Projection", "Reconciliation", "Records",
                "Salesforce",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),

        // Looking back
        .target(
            name: "Audit",
            dependencies: [
                "Actions", "Delivery", "EventLog", "Events", "LMDB", "Projection", "Reconciliation",
                "Records",
            ],
            swiftSettings: strict),

        // Doors
        .target(
            name: "Ingest",
            dependencies: [
                "CZlib", "EventLog", "Events",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "CLI",
            dependencies: [
                "Actions", "Audit", "CMalloc", "Delivery", "EventLog", "Events", "Ingest", "LMDB",
                "Projection", "Reconciliation", "Records", "Salesforce",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),

        // Tools: share no code with the product
        .target(
            name: "SalesforceEmulator",
            dependencies: [
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            path: "Tools/SalesforceEmulator/Library",
            swiftSettings: strict),
        .executableTarget(
            name: "salesforce-emulator",
            dependencies: [
                "SalesforceEmulator",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tools/SalesforceEmulator/Command",
            swiftSettings: strict),
        .target(
            name: "ProfileGenerator", path: "Tools/ProfileGenerator/Library",
            swiftSettings: strict),
        .executableTarget(
            name: "profile-generator",
            dependencies: [
                "ProfileGenerator",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tools/ProfileGenerator/Command",
            swiftSettings: strict),

        // Measures the product against plain C. OpenSSL is loaded at run time: building needs none.
        .target(name: "CAppendBenchmark", dependencies: ["CLMDB"], path: "Tools/Benchmarks/C"),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "Actions", "CAppendBenchmark", "EventLog", "Events", "Ingest", "ProfileGenerator",
                "Projection", "Records",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            path: "Tools/Benchmarks/Swift", swiftSettings: strict),

        // Tests
        .target(
            name: "TestSupport",
            dependencies: ["EventLog", "Events", "LMDB", "Projection", "Records"],
            path: "Tests/TestSupport", swiftSettings: strict),
        // A process that the store's tests start, watch and kill, and what ends it at any step.
        .target(name: "CCrashPoints", path: "Tests/CrashPoints"),
        .executableTarget(
            name: "log-process",
            dependencies: ["CCrashPoints", "EventLog", "Events", "LMDB", "Projection"],
            path: "Tests/LogProcess", swiftSettings: strict),
        .testTarget(
            name: "LMDBTests", dependencies: ["LMDB", "CLMDB", "TestSupport", "log-process"],
            swiftSettings: strict),
        .testTarget(
            name: "EventsTests", dependencies: ["Events", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "RecordsTests", dependencies: ["Records", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "EventLogTests",
            dependencies: ["EventLog", "Events", "LMDB", "TestSupport", "log-process"],
            swiftSettings: strict),
        .testTarget(
            name: "ActionsTests", dependencies: ["Actions", "Events", "Records", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "ProjectionTests",
            dependencies: [
                "Actions", "EventLog", "Events", "LMDB", "Projection", "Records", "TestSupport",
                "log-process",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ReconciliationTests",
            dependencies: ["Reconciliation", "Records", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "SalesforceTests",
            dependencies: [
                "Records", "Salesforce", "SalesforceEmulator", "TestSupport",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DeliveryTests",
            dependencies: [
                "Actions", "Delivery", "EventLog", "Events", "LMDB", "Projection", "Reconciliation",
                "Records", "Salesforce", "SalesforceEmulator", "TestSupport", "log-process",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "AuditTests",
            dependencies: [
                "Actions", "Audit", "EventLog", "Events", "Projection", "Records", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "IngestTests",
            dependencies: [
                "EventLog", "Events", "Ingest", "TestSupport",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ],
            exclude: ["Python"],
            swiftSettings: strict),
        .testTarget(
            name: "SalesforceEmulatorTests",
            dependencies: [
                "SalesforceEmulator", "TestSupport",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            exclude: ["Python"],
            swiftSettings: strict),
        .testTarget(
            name: "ProfileGeneratorTests", dependencies: ["ProfileGenerator"], swiftSettings: strict
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "EventLog", "Events", "Projection", "ProfileGenerator", "Records",
                "SalesforceEmulator",
                "TestSupport",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .testTarget(name: "TidyTests", swiftSettings: strict),
    ]
)
