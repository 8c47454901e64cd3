import Locks

/// One request and what becomes of it, shared by the task that reads and curl's thread.
///
/// The reader's end never touches a curl handle: it changes the state, and leaves a command for curl's thread. Both
/// ends hold it strongly, and it holds neither.
final class Transfer: Sendable {
    let request: TransferRequest
    private let mailbox: TransferMailbox
    private let state = Mutex(TransferState())

    init(_ request: TransferRequest, _ mailbox: TransferMailbox) {
        self.request = request
        self.mailbox = mailbox
    }

    var bodyBytes: Int { state.withLock { $0.bodyBytes } }
    var wireBytes: Int { state.withLock { $0.wireBytes } }
    var isPaused: Bool { state.withLock { $0.isPaused } }
    var isOver: Bool { state.withLock { $0.isOver } }
}

// The reader's end.
extension Transfer {
    /// Starts, and waits for the head. Once.
    func open() async throws(TransferFailure) -> TransferHead {
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { opener in
                state.withLock { $0.await(opener) }.perform()
                if !mailbox.post(.begin(self)) { fail(.stopped) }
            }
        } onCancel: {
            abandon()
        }
        return try result.get()
    }

    /// The next bytes of the body, or nothing at its end. Does not suspend when there are some.
    func nextChunk() async throws(TransferFailure) -> [UInt8]? {
        if Task.isCancelled { abandon() }
        if let answer = answer(to: state.withLock { $0.take() }) { return try answer.get() }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { reader in
                let taken = state.withLock { $0.take(orAwait: reader) }
                if let answer = answer(to: taken) { reader.resume(returning: answer) }
            }
        } onCancel: {
            abandon()
        }
        return try result.get()
    }

    /// Nobody will read on: ends the transfer if it is still open.
    func abandon() {
        let (wake, wasOpen) = state.withLock { $0.abandon(.cancelled) }
        wake.perform()
        if wasOpen { mailbox.post(.end(self)) }
    }

    private func answer(to taken: TransferState.Taken) -> Result<[UInt8]?, TransferFailure>? {
        switch taken {
        case .chunk(let chunk, let resumes):
            if resumes { mailbox.post(.resume(self)) }
            return .success(chunk)
        case .end: return .success(nil)
        case .failed(let failure): return .failure(failure)
        case .nothingYet: return nil
        }
    }
}

// The end of curl's thread.
extension Transfer {
    /// What curl's callback does with a piece that it was handed.
    enum Verdict {
        case taken
        case paused
        case over
    }

    func receive(_ head: TransferHead) {
        state.withLock { $0.receive(head) }.perform()
    }

    /// Copies the piece: one lock and at most 16 KiB a call.
    func receive(_ piece: UnsafeRawBufferPointer) -> Verdict {
        switch state.withLock({ $0.receive(piece) }) {
        case .taken(let wake):
            wake.perform()
            return .taken
        case .paused: return .paused
        case .over: return .over
        }
    }

    func settle(wireBytes: Int) {
        state.withLock { $0.settle(wireBytes: wireBytes) }.perform()
    }

    func complete() {
        state.withLock { $0.complete() }.perform()
    }

    func fail(_ failure: TransferFailure) {
        state.withLock { $0.fail(failure) }.perform()
    }
}
