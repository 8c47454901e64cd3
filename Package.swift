// swift-tools-version: 6.2

import PackageDescription

/// Every target is compiled under the same strict settings; a warning is an error.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// Set by `make test-threads`: chooses the lock that ThreadSanitizer understands.
let underThreadSanitizer = Context.environment["MAINSTEM_THREAD_SANITIZER"] != nil

let collections: [Target.Dependency] = ["HashTreeCollections", "DequeModule", "HeapModule"].map {
    .product(name: $0, package: "swift-collections")
}
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let sqlite = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let tls = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nio: [Target.Dependency] = ["NIOCore", "NIOPosix", "NIOHTTP1", "NIOWebSocket"].map {
    .product(name: $0, package: "swift-nio")
}

// In dependency order: a target uses only what stands above it.
let package = Package(
    name: "mainstem",
    products: [.executable(name: "mainstem", targets: ["MainstemCLI"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev", "libssl-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "Locks"),
        .target(name: "Registry", dependencies: collections),
        .target(name: "ServiceCenterWire", dependencies: ["Registry"] + collections),
        .target(name: "Topology", dependencies: [yams]),
        .target(
            name: "Discovery",
            dependencies: [
                "Registry", "ServiceCenterWire", "Topology", "CCurl", "CCrypto", "Locks", logging, sqlite, tls,
            ]
                + collections + nio
        ),
        .target(name: "Federation", dependencies: ["Registry", "Topology", "Discovery", "Locks", logging, lifecycle]),
        .target(
            name: "API",
            dependencies: [
                "Registry", "ServiceCenterWire", "Discovery", "Federation", "Locks", "CZlib", logging, lifecycle,
            ] + nio
        ),
        .executableTarget(
            name: "MainstemCLI",
            dependencies: [
                "Registry", "ServiceCenterWire", "Topology", "Discovery", "Federation", "API",
                arguments, logging, lifecycle,
            ] + nio
        ),
        .systemLibrary(name: "CEpoll", path: "Benchmarks/CEpoll"),
        .executableTarget(
            name: "Benchmarks",
            dependencies: ["Registry", "ServiceCenterWire", "Discovery", "CEpoll", arguments] + nio,
            path: "Benchmarks",
            exclude: ["run.sh", "README.md", "CEpoll"]
        ),
        .systemLibrary(name: "CSpawn", path: "Tests/CSpawn"),
        .target(
            name: "TestSupport",
            dependencies: [
                "Registry", "ServiceCenterWire", "Topology", "Discovery", "Federation", "API", "CSpawn", logging, tls,
            ] + nio,
            path: "Tests/TestSupport"
        ),
        .testTarget(name: "RegistryTests", dependencies: ["Registry", "TestSupport"]),
        .testTarget(name: "ServiceCenterWireTests", dependencies: ["Registry", "ServiceCenterWire", "TestSupport"]),
        .testTarget(name: "TopologyTests", dependencies: ["Topology"]),
        .testTarget(
            name: "DiscoveryTests",
            dependencies: ["Registry", "ServiceCenterWire", "Topology", "Discovery", "TestSupport", sqlite] + nio
        ),
        .testTarget(
            name: "FederationTests",
            dependencies: [
                "Registry", "ServiceCenterWire", "Topology", "Discovery", "Federation", "TestSupport", logging,
            ]
        ),
        .testTarget(
            name: "APITests",
            dependencies: [
                "Registry", "ServiceCenterWire", "Topology", "Discovery", "Federation", "API", "TestSupport", logging,
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ] + nio
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["MainstemCLI", "Discovery", "ServiceCenterWire", "Locks", "TestSupport"] + nio
        ),
        .testTarget(name: "TidyTests", dependencies: ["API", "Topology", "TestSupport"]),
    ]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = strict + (underThreadSanitizer ? [.define("THREAD_SANITIZER")] : [])
}
