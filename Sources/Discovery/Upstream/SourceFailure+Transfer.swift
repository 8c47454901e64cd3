import Registry

extension SourceFailure {
    /// A transfer's failure in the words of a source, with the endpoint that it happened at.
    init(_ failure: TransferFailure, at endpoint: String) {
        self =
            switch failure {
            case .timedOut(let awaited): .timedOut("\(endpoint): \(awaited)")
            case .tooLarge(let limit): .tooLarge(limitBytes: limit)
            case .cancelled, .stopped: .cancelled
            default: .unreachable("\(endpoint): \(failure)")
            }
    }
}
