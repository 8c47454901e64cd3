internal import CCurl

/// The only code that touches curl's multi handle. Lives on curl's thread, from its first to its last instruction.
final class TransferLoop {
    /// How many idle connections are kept for later requests, to all upstreams together.
    private static let maxIdleConnections = 64
    /// Longest sleep. Nothing depends on it: commands wake the thread, and curl knows its own timeouts.
    private static let maxSleepMilliseconds: Int32 = 60_000

    private let mailbox: TransferMailbox
    private let multi: UnsafeMutableRawPointer
    /// Every handle that curl knows, and with it everything that curl's callbacks point to.
    private var handles: [ObjectIdentifier: EasyHandle] = [:]

    /// Drives transfers until the mailbox says stop.
    static func run(_ mailbox: TransferMailbox) {
        guard curlIsReady, let multi = curl_multi_init() else {
            for command in mailbox.close() { command.refuse() }
            return
        }
        let loop = TransferLoop(mailbox, multi)
        mailbox.open(multi)
        while let commands = mailbox.collect() { loop.turn(commands) }
        loop.close()
    }

    private init(_ mailbox: TransferMailbox, _ multi: UnsafeMutableRawPointer) {
        self.mailbox = mailbox
        self.multi = multi
        _ = ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, Self.maxIdleConnections)
    }

    /// Does what was asked, lets curl do what the network allows, and sleeps until there is more of either.
    private func turn(_ commands: [TransferMailbox.Command]) {
        for command in commands {
            switch command {
            case .begin(let transfer): begin(transfer)
            case .resume(let transfer): resume(transfer)
            case .end(let transfer): remove(transfer)
            }
        }
        var running: Int32 = 0
        curl_multi_perform(multi, &running)
        finishDone()
        for handle in handles.values { handle.settle() }
        curl_multi_poll(multi, nil, 0, Self.maxSleepMilliseconds, nil)
    }

    private func begin(_ transfer: Transfer) {
        guard !transfer.isOver else { return }
        do throws(TransferFailure) {
            let handle = try EasyHandle(transfer)
            handles[ObjectIdentifier(transfer)] = handle
            let code = curl_multi_add_handle(multi, handle.curl)
            if code != CURLM_OK {
                remove(transfer)
                transfer.fail(.broken(String(cString: curl_multi_strerror(code))))
            }
        } catch {
            transfer.fail(error)
        }
    }

    private func resume(_ transfer: Transfer) {
        guard let handle = handles[ObjectIdentifier(transfer)] else { return }
        // Hands over at once what curl kept back; only here does it tell of a callback's refusal by its result.
        let code = curl_easy_pause(handle.curl, CURLPAUSE_CONT)
        if code != CURLE_OK { finish(handle, code) }
    }

    private func finishDone() {
        var code = CURLE_OK
        while let curl = ccurl_multi_next_done(multi, &code) {
            guard let handle = EasyHandle.of(curl) else { continue }
            finish(handle, code)
        }
    }

    private func finish(_ handle: EasyHandle, _ code: CURLcode) {
        handle.settle()
        let outcome = handle.outcome(of: code)
        remove(handle.transfer)
        switch outcome {
        case .success: handle.transfer.complete()
        case .failure(let failure): handle.transfer.fail(failure)
        }
    }

    /// Takes the transfer from curl; its connection is closed unless its answer was complete.
    private func remove(_ transfer: Transfer) {
        guard let handle = handles[ObjectIdentifier(transfer)] else { return }
        curl_multi_remove_handle(multi, handle.curl)
        handle.close()
        // Last: until here curl may call back, and the callbacks' context is this very object.
        handles[ObjectIdentifier(transfer)] = nil
    }

    private func close() {
        for command in mailbox.close() { command.refuse() }
        for handle in Array(handles.values) {
            remove(handle.transfer)
            handle.transfer.fail(.stopped)
        }
        curl_multi_cleanup(multi)
    }
}

extension TransferMailbox.Command {
    /// Curl's thread ends without having done it.
    fileprivate func refuse() {
        if case .begin(let transfer) = self { transfer.fail(.stopped) }
    }
}

/// Curl's own set-up for this process: once, and before any handle.
private let curlIsReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
