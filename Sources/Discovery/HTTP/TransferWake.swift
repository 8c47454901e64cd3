/// Who is to be woken, and with what: decided under a lock, done after it.
enum TransferWake: Sendable {
    typealias Opener = CheckedContinuation<Result<TransferHead, TransferFailure>, Never>
    typealias Reader = CheckedContinuation<Result<[UInt8]?, TransferFailure>, Never>

    case nobody
    case opener(Opener, Result<TransferHead, TransferFailure>)
    case reader(Reader, Result<[UInt8]?, TransferFailure>)

    func perform() {
        switch self {
        case .nobody: break
        case .opener(let opener, let result): opener.resume(returning: result)
        case .reader(let reader, let result): reader.resume(returning: result)
        }
    }
}
