import Federation
import ServiceLifecycle
import UnixSignals

/// SIGHUP applies the topology anew, instead of ending the process.
struct ReloadSignal: Service {
    let signals: UnixSignalsSequence
    let reload: TopologyReload

    func run() async {
        for await _ in signals.cancelOnGracefulShutdown() {
            // Why it is refused stands in the log.
            _ = try? await reload.reload()
        }
    }
}
