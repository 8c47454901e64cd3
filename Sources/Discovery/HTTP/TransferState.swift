/// One transfer as its two ends see it: curl's thread fills it, one reader empties it. Touches no I/O.
///
/// It opens, streams, and ends once: whole or failed. A failure drops what was not read yet, because a torn body is
/// of no use to anyone.
struct TransferState {
    /// How many bytes may wait for the reader before the transfer is paused.
    static let maxBufferedBytes = 4 << 20

    private enum Phase {
        case opening
        case streaming
        case whole
        case failed(TransferFailure)
    }

    private var phase = Phase.opening
    private var opener: TransferWake.Opener?
    private var reader: TransferWake.Reader?
    private var queue = ChunkQueue(maxBytes: Self.maxBufferedBytes)
    private(set) var isPaused = false
    private(set) var wireBytes = 0

    var bodyBytes: Int { queue.totalBytes }

    /// Whole or failed: curl's thread has no business with it any more.
    var isOver: Bool {
        switch phase {
        case .opening, .streaming: false
        case .whole, .failed: true
        }
    }
}

// The reader's end.
extension TransferState {
    /// What a reader that wants a chunk gets.
    enum Taken: Sendable {
        /// With `resumes`, the transfer was paused and is to go on.
        case chunk([UInt8], resumes: Bool)
        case end
        case failed(TransferFailure)
        case nothingYet
    }

    /// Lets one task wait for the head.
    mutating func await(_ opener: TransferWake.Opener) -> TransferWake {
        if case .failed(let failure) = phase { return .opener(opener, .failure(failure)) }
        self.opener = opener
        return .nobody
    }

    mutating func take() -> Taken {
        if case .failed(let failure) = phase { return .failed(failure) }
        if let chunk = queue.popFirst() {
            let resumes = isPaused && queue.isLow
            if resumes { isPaused = false }
            return .chunk(chunk, resumes: resumes)
        }
        if case .whole = phase { return .end }
        return .nothingYet
    }

    /// Lets one task wait for a chunk, if there still is nothing to take.
    mutating func take(orAwait reader: TransferWake.Reader) -> Taken {
        precondition(self.reader == nil, "two tasks read one answer")
        let taken = take()
        if case .nothingYet = taken { self.reader = reader }
        return taken
    }

    /// The reader wants no more. An end that was already reached and read stays one.
    /// - Returns: whether curl's thread still has work with it.
    mutating func abandon(_ failure: TransferFailure) -> (wake: TransferWake, wasOpen: Bool) {
        let wasOpen = !isOver
        if case .whole = phase, queue.bytes > 0 { phase = .streaming }
        return (fail(failure), wasOpen)
    }
}

// The end of curl's thread.
extension TransferState {
    /// What becomes of a piece of the body.
    enum Verdict: Sendable {
        case taken(TransferWake)
        /// Not taken: hand it over again when the transfer goes on.
        case paused
        /// Not taken, and nothing ever will be.
        case over
    }

    mutating func receive(_ head: TransferHead) -> TransferWake {
        guard case .opening = phase else { return .nobody }
        phase = .streaming
        guard let opener else { return .nobody }
        self.opener = nil
        return .opener(opener, .success(head))
    }

    mutating func receive(_ piece: UnsafeRawBufferPointer) -> Verdict {
        guard case .streaming = phase else { return .over }
        if queue.isFull {
            isPaused = true
            return .paused
        }
        queue.append(piece)
        return .taken(queue.hasWholeChunk ? wakeReader() : .nobody)
    }

    /// The network has nothing more for now: what there is goes to the reader.
    mutating func settle(wireBytes: Int) -> TransferWake {
        self.wireBytes = wireBytes
        return wakeReader()
    }

    /// The last byte has come.
    mutating func complete() -> TransferWake {
        guard case .streaming = phase else { return fail(.broken("an answer without a head")) }
        phase = .whole
        return wakeReader()
    }

    mutating func fail(_ failure: TransferFailure) -> TransferWake {
        guard !isOver else { return .nobody }
        phase = .failed(failure)
        isPaused = false
        queue.removeAll()
        if let opener {
            self.opener = nil
            return .opener(opener, .failure(failure))
        }
        return wakeReader()
    }

    private mutating func wakeReader() -> TransferWake {
        guard let reader else { return .nobody }
        let result: Result<[UInt8]?, TransferFailure>
        switch take() {
        case .chunk(let chunk, let resumes):
            // A reader waits only at an empty queue, and is woken by its first whole chunk: never at a full one.
            assert(!resumes, "a reader waited for a paused transfer")
            result = .success(chunk)
        case .end: result = .success(nil)
        case .failed(let failure): result = .failure(failure)
        case .nothingYet: return .nobody
        }
        self.reader = nil
        return .reader(reader, result)
    }
}
