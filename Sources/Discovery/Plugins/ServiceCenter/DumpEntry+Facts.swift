import Registry
import ServiceCenterWire

extension DumpEntry {
    /// The microservice that it is about; nil for an entry that no ID leads to.
    var service: ServiceRef? {
        switch self {
        case .microservice(let microservice): microservice.ref
        case .instance(let instance): instance.ref.service
        case .attachment(let attachment): attachment.service
        case .dependency, .repetition: nil
        }
    }

    /// When its store wrote it; 0 for an entry that nobody asks.
    var revision: Int64 {
        switch self {
        case .microservice(let microservice): microservice.upstreamRevision
        case .instance(let instance): instance.upstreamRevision
        default: 0
        }
    }

    /// Which store wrote it, as the upstream names it.
    var origin: String {
        switch self {
        case .microservice(let microservice): microservice.origin
        case .instance(let instance): instance.origin
        default: ""
        }
    }

    /// Whether it is of that store; always true for an entry that nobody asks.
    func isFrom(_ store: UnsafeBufferPointer<UInt8>) -> Bool {
        switch self {
        case .microservice(let microservice): microservice.origin.utf8.elementsEqual(store)
        case .instance(let instance): instance.origin.utf8.elementsEqual(store)
        default: true
        }
    }
}
