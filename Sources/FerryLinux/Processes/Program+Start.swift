import CLinux
package import FerryCore
import Glibc

extension Program {
    /// Starts the program. It has default signal handling, outlives us, and is not ended when the handle goes.
    package func start() throws(Failure) -> ProcessHandle { try start(cgroup: nil, terminal: nil) }

    /// As `start`, in a control group of its own where this host's version 2 hierarchy lets us make one; a service manager
    /// that ends our group then spares the program.
    ///
    /// - Returns: the process and its group's folder, nil when it stays in ours. Remove the folder once the process is gone.
    package func startDetached(group name: String) throws(Failure) -> (process: ProcessHandle, cgroup: String?) {
        let group = ControlGroup.make(name)
        do throws(Failure) {
            let process = try start(cgroup: group.map { "\($0)/cgroup.procs" }, terminal: nil)
            guard let group else { return (process, nil) }
            if ControlGroup.holds(group, process.pid) { return (process, group) }
            ControlGroup.remove(group)
            return (process, nil)
        } catch {
            if let group { ControlGroup.remove(group) }
            throw error
        }
    }

    /// As `start`, with `terminal` (the slave) as controlling terminal and standard streams.
    package func start(onTerminal terminal: SharedDescriptor) throws(Failure) -> ProcessHandle {
        try start(cgroup: nil, terminal: terminal)
    }

    private func start(cgroup: String?, terminal: SharedDescriptor?) throws(Failure) -> ProcessHandle {
        let streams = try [open(input, path), open(output, path), open(error, path)]
        var pid: Int32 = 0
        var pidfd: Int32 = -1
        let result = withNumbers(of: streams.compactMap { $0 } + kept + (terminal.map { [$0] } ?? [])) { numbers in
            var next = numbers.startIndex
            func take(_ present: Bool) -> Int32 {
                guard present else { return -1 }
                defer { next += 1 }
                return numbers[next]
            }
            let standard = streams.map { take($0 != nil) }
            let keptNumbers = Array(numbers[next..<next + kept.count])
            let terminalNumber = terminal == nil ? -1 : numbers[next + kept.count]
            return spawn(standard, keptNumbers, terminalNumber, cgroup, &pid, &pidfd)
        }
        guard result == 0 else {
            if result == -ENOENT, find(path) == nil {
                throw Failure(LinuxFault.programMissing, "Cannot start \(path): it is not installed.", target: path)
            }
            throw Failure(errno: result, "start \(path)", target: path)
        }
        return try ProcessHandle(pid: pid, descriptor: Descriptor(adopting: pidfd))
    }

    private func find(_ path: String) -> String? { Program.find(path) }

    private func open(_ stream: Stream, _ program: String) throws(Failure) -> SharedDescriptor? {
        switch stream {
        case .null: nil
        case .descriptor(let descriptor): descriptor
        case .appending(let path):
            SharedDescriptor(try Descriptor.open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, mode: 0o600))
        }
    }

    private func spawn(
        _ standard: [Int32], _ keptNumbers: [Int32], _ terminal: Int32, _ cgroup: String?, _ pid: inout Int32,
        _ pidfd: inout Int32
    ) -> Int32 {
        let strings = CStrings([path] + arguments)
        let variables = CStrings(environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
        let texts = CStrings([path, folder ?? "", cgroup ?? ""])
        // SAFETY: the three arrays of C strings and the numbers live until the call returns, and the child has its own copy
        // of what it needs by then (it has exec'ed or ended).
        return unsafe keptNumbers.withUnsafeBufferPointer { kept in
            var request = unsafe ferry_spawn()
            unsafe request.program = UnsafePointer(texts.pointers[0])
            unsafe request.arguments = UnsafePointer(strings.array)
            unsafe request.environment = UnsafePointer(variables.array)
            unsafe request.folder = folder == nil ? nil : UnsafePointer(texts.pointers[1])
            unsafe request.standard_input = standard[0]
            unsafe request.standard_output = standard[1]
            unsafe request.standard_error = standard[2]
            unsafe request.kept = kept.baseAddress
            unsafe request.kept_count = kept.count
            unsafe request.cgroup_procs = cgroup == nil ? nil : UnsafePointer(texts.pointers[2])
            unsafe request.new_session = startsSession ? 1 : 0
            unsafe request.umask = umask.map { Int32($0) } ?? -1
            return unsafe terminal >= 0
                ? ferry_spawn_on_terminal(&request, terminal, &pid, &pidfd)
                : ferry_spawn_process(&request, &pid, &pidfd)
        }
    }
}

/// The numbers of all `descriptors`, which stay open until `body` returns.
private func withNumbers<Result>(of descriptors: [SharedDescriptor], _ body: ([Int32]) -> Result) -> Result {
    func lend(_ rest: ArraySlice<SharedDescriptor>, _ numbers: [Int32]) -> Result {
        guard let first = rest.first else { return body(numbers) }
        return first.withRaw { lend(rest.dropFirst(), numbers + [$0]) }
    }
    return lend(descriptors[...], [])
}

/// A NULL-terminated array of C strings that lives as long as the object.
@safe
private final class CStrings {
    // SAFETY: allocated here, freed once in deinit, never reassigned.
    let pointers: [UnsafeMutablePointer<CChar>?]
    let array: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

    init(_ strings: [String]) {
        unsafe pointers = strings.map { unsafe strdup($0) }
        unsafe array = .allocate(capacity: pointers.count + 1)
        for index in unsafe pointers.indices { unsafe (array + index).initialize(to: pointers[index]) }
        unsafe (array + pointers.count).initialize(to: nil)
    }

    deinit {
        for index in unsafe pointers.indices { unsafe free(pointers[index]) }
        unsafe array.deallocate()
    }
}
