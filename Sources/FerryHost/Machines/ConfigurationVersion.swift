/// A configuration version as Hyper-V counts them, and the machine it pins.
///
/// The number decides machine type, device set and CPU baseline, so that a machine means the same on every host; what a host
/// offers depends on the machine types its QEMU knows.
package struct ConfigurationVersion: Sendable, Hashable, CustomStringConvertible {
    /// "10.0".
    package let name: String
    /// The QEMU release whose machine types the version pins, as they are spelled there: "7.2".
    package let machineRelease: String
    package let processor: ProcessorBaseline

    package var description: String { name }

    /// Oldest first.
    package static let all: [ConfigurationVersion] =
        ["5.0", "6.2", "7.0", "7.1"].map { Self(name: $0, machineRelease: "4.2", processor: .qemu64) } + [
            Self(name: "8.0", machineRelease: "5.2", processor: .v2),
            Self(name: "9.0", machineRelease: "6.2", processor: .v2),
            Self(name: "10.0", machineRelease: "7.2", processor: .v2),
            Self(name: "11.0", machineRelease: "9.2", processor: .v3),
            Self(name: "12.0", machineRelease: "10.0", processor: .v3),
        ]

    package static let standard = "10.0"

    package static func named(_ name: String) -> ConfigurationVersion? { all.first { $0.name == name } }

    /// - Parameter generation: 1 or 2.
    package func machineType(generation: Int) -> String {
        generation == 2 ? "pc-q35-\(machineRelease)" : "pc-i440fx-\(machineRelease)"
    }

    /// The versions of which a QEMU with these machine types can run both generations.
    package static func offered(by machineTypes: Set<String>) -> [ConfigurationVersion] {
        all.filter {
            machineTypes.contains($0.machineType(generation: 1)) && machineTypes.contains($0.machineType(generation: 2))
        }
    }
}

/// The processor that guests of a configuration version see. The levels are the x86-64 psABI's, spelled as features on QEMU's
/// `qemu64`: it has no models of those names, and named models carry a maker and features that TCG lacks. TCG of 7.2 and of
/// 10.0 has all three.
package enum ProcessorBaseline: String, Sendable, CaseIterable {
    case qemu64, v2, v3

    /// For `-cpu`.
    package var model: String {
        switch self {
        case .qemu64: "qemu64"
        case .v2: "qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt"
        case .v3: "\(ProcessorBaseline.v2.model),+avx,+avx2,+bmi1,+bmi2,+f16c,+fma,+abm,+movbe,+xsave"
        }
    }
}
