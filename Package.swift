// swift-tools-version: 6.2
import PackageDescription

/// One set of compiler settings for every target of Ferry: the strict ones, and no warning survives.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

/// For the interpreter's own modules: release builds leave out the run-time checks for overlapping access to a property, which
/// cost a fifth of the time of a loop. The compile-time checks stay, and debug builds, which the tests run, have both.
let interpreter: [SwiftSetting] =
    strict + [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]

func library(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [], settings: [SwiftSetting] = strict
) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

let package = Package(
    name: "ferry",
    products: [
        .executable(name: "ferry", targets: ["ferry"]),
        .executable(name: "ferryd", targets: ["ferryd"]),
        .library(name: "FerryGuestMemory", type: .dynamic, targets: ["FerryGuestMemory"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C: shims and system libraries, each imported by its one owner
        .target(name: "CLinux"),
        // Preloaded into QEMU: without the Swift runtime's start-up object it needs nothing but the C library.
        .target(name: "FerryGuestMemory", linkerSettings: [.unsafeFlags(["-nostartfiles"])]),
        .systemLibrary(name: "CEditline", pkgConfig: "libedit", providers: [.apt(["libedit-dev"])]),
        .systemLibrary(name: "CNBD", pkgConfig: "libnbd", providers: [.apt(["libnbd-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),

        // The meeting point of the two trunks
        library("FerryCore", []),
        library("FerryContract", ["FerryCore"]),
        library(
            "FerryHTTP",
            [
                "FerryCore", "FerryContract",
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ]),

        // The daemon trunk
        library("FerryLinux", ["FerryCore", "CLinux"]),
        library("FerryTransfer", ["FerryCore", "FerryLinux", "CCrypto"], exclude: ["README.md"]),
        library("FerryHost", ["FerryCore", "FerryLinux", "FerryTransfer", "FerryContract", "CNBD"]),
        library(
            "FerryDaemon",
            [
                "FerryCore", "FerryContract", "FerryHTTP", "FerryHost",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]),
        program(
            "ferryd", ["FerryDaemon", .product(name: "ArgumentParser", package: "swift-argument-parser")]),

        // The shell trunk
        library("FerryLanguage", ["FerryCore"], settings: interpreter),
        library(
            "FerryEngine", ["FerryCore", "FerryLinux", "FerryLanguage"], exclude: ["README.md"],
            settings: interpreter),
        library("FerryRemoting", ["FerryCore", "FerryLinux", "FerryEngine"]),
        library(
            "FerryCmdlets",
            [
                "FerryCore", "FerryEngine", "FerryRemoting", "FerryContract",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ], settings: interpreter),
        library(
            "FerryShell",
            [
                "FerryCore", "FerryLinux", "FerryEngine", "FerryRemoting", "FerryCmdlets", "FerryContract", "FerryHTTP",
                "CEditline",
            ]),
        program("ferry", ["FerryShell"]),

        // Tests
        library("FerryTestKit", ["FerryCore", "FerryLinux"]),
        tests("FerryCoreTests", ["FerryCore", "FerryTestKit"]),
        tests("FerryContractTests", ["FerryContract", "FerryTestKit"], exclude: ["Golden"]),
        tests("FerryLinuxTests", ["FerryLinux", "FerryTestKit"]),
        tests("FerryTransferTests", ["FerryTransfer", "FerryTestKit"], exclude: ["Golden", "Seeds"]),
        tests("FerryWorldTests", ["FerryTransfer", "FerryTestKit"], exclude: ["Seeds"]),
        tests("FerryHTTPTests", ["FerryHTTP", "FerryContract", "FerryTestKit"]),
        tests("FerryHostTests", ["FerryHost", "FerryContract", "FerryTestKit"], exclude: ["Golden"]),
        tests("FerryDaemonTests", ["FerryDaemon", "FerryHost", "FerryHTTP", "FerryContract", "FerryTestKit"]),
        tests("FerryLanguageTests", ["FerryLanguage", "FerryTestKit"]),
        tests("FerryEngineTests", ["FerryEngine", "FerryTestKit"], exclude: ["Transcripts"]),
        tests(
            "FerryRemotingTests", ["FerryRemoting", "FerryEngine", "FerryLinux", "FerryCore", "FerryTestKit"],
            exclude: ["Golden"]),
        tests(
            "FerryCmdletsTests", ["FerryCmdlets", "FerryEngine", "FerryContract", "FerryTestKit"],
            exclude: ["Transcripts"]),
        tests("FerryShellTests", ["FerryShell", "FerryCmdlets", "FerryEngine", "FerryContract", "FerryTestKit"]),
        tests("FerryTerminalTests", ["FerryCore", "FerryContract", "FerryTestKit", "FerryLinux"]),
        tests("FerryMachineTests", ["FerryHost", "FerryTransfer", "FerryContract", "FerryTestKit", "FerryLinux"]),
        tests(
            "FerryFaultTests",
            ["FerryHost", "FerryHTTP", "FerryTransfer", "FerryContract", "FerryCore", "FerryTestKit", "FerryLinux"],
            exclude: ["Seeds"]),
        tests(
            "ProjectTests",
            [
                "FerryTestKit", "FerryCore", "FerryLinux", "FerryContract", "FerryTransfer", "FerryHTTP", "FerryHost",
                "FerryDaemon", "FerryEngine", "FerryRemoting", "FerryCmdlets", "FerryShell",
            ]),
    ]
)

// libFuzzer brings the main function, so this target links only with `--sanitize fuzzer`: Tests/fuzz asks for it.
if Context.environment["FERRY_FUZZ"] != nil {
    package.products.append(.executable(name: "ferry-fuzz", targets: ["FerryFuzz"]))
    package.targets.append(
        .executableTarget(
            name: "FerryFuzz", dependencies: ["FerryCore", "FerryContract", "FerryHost", "FerryTransfer"],
            path: "Tests/FerryFuzz", swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])]))
}
