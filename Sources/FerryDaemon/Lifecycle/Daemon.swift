package import FerryCore
import FerryContract
import FerryHTTP
import FerryHost
import Glibc
package import Logging
import ServiceLifecycle
import Synchronization
import UnixSignals

/// One ferryd, from its configuration to its end.
///
///     made ──run──▶ host prepared ─▶ machines taken over ─▶ listening, "ready" ──SIGTERM, SIGINT──▶ finished
///                                                                      machines go on running ──┘
package struct Daemon: Sendable {
    private let configuration: DaemonConfiguration
    private let logger: Logger

    package init(_ configuration: DaemonConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// Runs until SIGTERM or SIGINT, or until the task is cancelled. Machines outlive it.
    ///
    /// - Parameter onReady: called once callers can connect.
    /// - Throws: what kept it from starting, or from listening.
    package func run(onReady: @escaping @Sendable () -> Void = {}) async throws(Failure) {
        guard geteuid() == 0 else {
            throw Failure(
                DaemonFault.notRoot,
                "ferryd cannot start as user \(geteuid()): it mounts guests' memory, starts QEMU for another user and reads its memory."
            )
        }
        // A peer or a log reader that went away is an error of the call, not the end of the host.
        _ = signal(SIGPIPE, SIG_IGN)

        let host = try await prepare()
        let outcome: Result<Void, Failure>
        do throws(Failure) {
            try await serve(host, onReady: onReady)
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        ServiceNotice.stopping.send()
        try? await BlockingWork.value("stop") { () throws(Failure) in host.runtime.stop() }
        logger.info("stopped; machines that run go on running", metadata: ["host": "\(configuration.host.name)"])
        try outcome.get()
    }

    private struct Prepared: Sendable {
        var runtime: HostRuntime
        var identity: HostIdentity
    }

    /// Everything before listening. Blocks for as long as machines take to be found again, on a thread of its own.
    private func prepare() async throws(Failure) -> Prepared {
        let (configuration, logger) = (configuration, logger)
        return try await BlockingWork.value("start") { () throws(Failure) in
            logger.info(
                "starting",
                metadata: [
                    "host": "\(configuration.host.name)", "configuration": "\(configuration.source ?? "defaults")",
                    "version": "\(HostRuntime.ferryVersion)",
                ])
            let runtime = try Self.claim(configuration.host, logger)
            do throws(Failure) {
                let host = runtime.configuration
                let identity = try HostIdentity.open(folder: host.stateFolder, hostName: host.name)
                let peers = HTTPSPeers(identity: identity)
                let trust = HostTrust(
                    folder: host.stateFolder,
                    own: HostTrust.Own(
                        name: host.name, listenAddress: host.listenAddress, controlPort: host.controlPort,
                        dataPort: host.dataPort, fingerprint: identity.fingerprint),
                    connector: peers, sha256: Digest.sha256, now: { wallClock() })
                if let damage = trust.damage { runtime.environment.events.add(damage, nil) }
                let migrations = try HostMigrations(
                    machines: runtime.machines, trust: trust, connector: peers,
                    tuning: Self.tuning(configuration.faultPlan, logger))
                try runtime.start(HostServices(migrations: migrations, trust: trust))
                return Prepared(runtime: runtime, identity: identity)
            } catch {
                runtime.stop()
                throw error
            }
        }
    }

    private static func tuning(_ plan: PhaseFaultPlan?, _ logger: Logger) -> MigrationTuning {
        var tuning = MigrationTuning()
        guard let plan else { return tuning }
        let injector = PhaseFaultInjector(plan) { logger.warning("\($0)") }
        tuning.probe = injector
        tuning.faults = injector
        return tuning
    }

    /// The host's runtime, which holds the state folder from now on.
    ///
    /// A ferryd that has just ended may hold it a moment longer, through a child that it forked and that has not yet become
    /// another program; so a folder in use is asked for again, for a short time, before it counts as another ferryd's.
    private static func claim(_ configuration: HostConfiguration, _ logger: Logger) throws(Failure) -> HostRuntime {
        let deadline = ContinuousClock.now + .seconds(2)
        while true {
            do throws(Failure) {
                return try HostRuntime(configuration) { event in logger.log(event) }
            } catch {
                guard error.is(HostFault.stateFolderInUse), ContinuousClock.now < deadline else { throw error }
                usleep(50_000)
            }
        }
    }

    private func serve(_ host: Prepared, onReady: @escaping @Sendable () -> Void) async throws(Failure) {
        let settings = host.runtime.configuration
        let endpoint = HostEndpoint(host: host.runtime)
        let ready = ReadinessGate(count: 2) { [logger] in
            logger.info(
                "ready",
                metadata: [
                    "host": "\(settings.name)", "socket": "\(configuration.socket)",
                    "https": "\(settings.listenAddress):\(settings.controlPort)",
                    "fingerprint": "\(host.identity.fingerprint)",
                ])
            ServiceNotice.ready.send()
            onReady()
        }
        let local = HTTPServer(
            endpoint: .unix(
                path: configuration.socket, administratorGroup: GuestAccount.group(settings.administratorGroup)),
            limits: .local, responder: endpoint, logger: logger)
        let remote = RemoteService(listeners: host.runtime.environment.listeners, onDecided: ready.pass) { [logger] in
            HTTPServer(
                endpoint: .tls(
                    address: settings.listenAddress, port: settings.controlPort, identity: host.identity),
                limits: .remote, responder: endpoint, logger: logger)
        }
        var group = ServiceGroupConfiguration(
            services: [
                .init(service: remote), .init(service: ListeningService(server: local, onListening: ready.pass)),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        // Requests that are being answered get this long; then they are cancelled.
        group.maximumGracefulShutdownDuration = .seconds(10)
        do { try await ServiceGroup(configuration: group).run() } catch let failure as Failure { throw failure } catch {
            // The only other ending is the cancellation that follows the limit above, or the task's own.
            logger.warning("ended before every request was answered: \(error)")
        }
    }

    private var quiet: Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return quiet
    }
}

/// One server as a service: on graceful shutdown its long polls are answered first.
private struct ListeningService: Service {
    let server: HTTPServer
    let onListening: @Sendable () -> Void

    func run() async throws { try await serve() }

    func serve() async throws(Failure) {
        let result: Result<Void, Failure> = await withGracefulShutdownHandler {
            do throws(Failure) {
                try await server.run { [onListening] _ in onListening() }
                return .success(())
            } catch {
                return .failure(error)
            }
        } onGracefulShutdown: { [server] in
            server.finishWaiting()
        }
        try result.get()
    }
}

/// The server for other hosts. While its port is another program's the host owns its machines and answers its administrators all
/// the same; the port is tried again.
private struct RemoteService: Service {
    let listeners: HostListeners
    /// Called once it listens, or has found that it cannot.
    let onDecided: @Sendable () -> Void
    let makeServer: @Sendable () -> HTTPServer

    func run() async throws {
        let gate = ReadinessGate(count: 1, onDecided)
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let server = makeServer()
            do throws(Failure) {
                let listening = ListeningService(server: server) { [listeners] in
                    listeners.opened(.control)
                    gate.pass()
                }
                return try await listening.serve()
            } catch {
                guard error.is(HTTPFault.addressInUse) || error.is(HTTPFault.listenFailed) else { throw error }
                listeners.failed(.control, error)
                gate.pass()
            }
            // Cut short by the end of the group, which the loop then sees.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: HostListeners.retryInterval) }
        }
    }
}

/// Calls `body` when `pass` was called `count` times.
private final class ReadinessGate: Sendable {
    private let missing: Mutex<Int>
    private let body: @Sendable () -> Void

    init(count: Int, _ body: @escaping @Sendable () -> Void) {
        missing = Mutex(count)
        self.body = body
    }

    @Sendable func pass() {
        let isLast = missing.withLock { missing in
            missing -= 1
            return missing == 0
        }
        if isLast { body() }
    }
}

private func wallClock() -> Double {
    var time = timespec()
    // SAFETY: a local structure of the type the call fills.
    _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

extension Logger {
    fileprivate func log(_ event: HostEvent) {
        let level: Level =
            switch event.level {
            case .information: .info
            case .warning: .warning
            case .error: .error
            }
        var metadata: Metadata = ["event": "\(event.id)"]
        if let target = event.target { metadata["machine"] = "\(target)" }
        log(level: level, "\(event.message)", metadata: metadata)
    }
}
