/// What runs a guest's processors.
package enum Accelerator: String, Sendable, Codable, CaseIterable {
    case kvm = "KVM"
    case tcg = "TCG"
}

/// What the configuration asks for.
package enum AcceleratorChoice: String, Sendable, Codable, CaseIterable {
    /// KVM where the processor has vmx or svm and /dev/kvm opens, else TCG.
    case auto
    /// KVM wherever /dev/kvm opens, also with a processor that lacks parts of the baseline: the administrator's own risk.
    case kvm
    case tcg
}
